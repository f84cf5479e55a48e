// What `npm start`, `npm test` and the other commands need, on a fresh clone or after a pull: packages, build, models.
// Runs before there are any packages, so it uses none. Does nothing, quickly, where everything is in place.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../..');
const buildStamp = join(root, 'dist', '.built-from');
const lockFile = join(root, '.cache', 'setup.lock');
/** Interval of progress messages during a long step. */
const signOfLifeMs = 5_000;

/**
 * @param {{ models: boolean, buildAnew?: boolean }} options whether the models are fetched and compiled too, and whether
 * a build is made anew where the sources have changed (`npm run dev` runs the sources, and needs any build for the models)
 */
export async function setUp({ models, buildAnew = true }) {
  checkNode();
  await withLock(async () => {
    if (!packagesMatchLock()) await installPackages();
    if (buildAnew ? !buildMatchesSources() : !existsSync(buildStamp)) await build();
    if (models) {
      await runNode('Models could not be fetched.', ['dist/cli/fetch-models.js']);
      await runNode('Models could not be compiled.', ['dist/cli/compile-models.js']);
    }
  });
}

/** A step that failed; its own output has said why. */
export class SetupError extends Error {}

function say(line) {
  console.error(`setup: ${line}`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major >= 24 || (major === 20 && minor >= 19) || (major === 22 && minor >= 13)) return;
  throw new SetupError(
    `Node ${process.versions.node} is not supported: take Node 24, 22 (from 22.13) or 20 (from 20.19).`,
  );
}

/** Compares npm's record of its last finished run with the lock file; an interrupted run leaves no record. */
function packagesMatchLock() {
  const installed = readJson('node_modules/.package-lock.json')?.packages;
  if (installed === undefined) return false;
  return Object.entries(readJson('package-lock.json').packages).every(([path, locked]) => {
    // Optional ones are for other platforms, mostly.
    if (path === '' || (locked.optional && !(path in installed))) return true;
    return installed[path]?.version === locked.version && installed[path]?.integrity === locked.integrity;
  });
}

async function installPackages() {
  const locked = Object.entries(readJson('package-lock.json').packages);
  const files = locked
    .filter(([path, { optional }]) => path !== '' && !optional)
    // npm makes all folders first, and fills them after.
    .map(([path]) => join(root, path, 'package.json'));
  say(`installing ${files.length} packages (npm ci), which takes about half a minute`);
  const signOfLife = setInterval(() => {
    const there = files.filter((path) => existsSync(path)).length;
    say(`installing packages: ${there} of ${files.length}`);
  }, signOfLifeMs);
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-progress'];
  try {
    if (npm === undefined) await run('npm ci failed.', 'npm', args, process.env);
    else await run('npm ci failed.', process.execPath, [npm, ...args], process.env);
  } finally {
    clearInterval(signOfLife);
  }
}

/** By content: times say little after a clone, a copy into an image or a switch of branches. */
function sourcesHash() {
  const hash = createHash('sha256');
  const files = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.spec.ts')) continue;
    files.push(relative(root, join(entry.parentPath ?? entry.path, entry.name)));
  }
  for (const file of files.sort()) {
    const content = readFileSync(join(root, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function buildMatchesSources() {
  return existsSync(buildStamp) && readFileSync(buildStamp, 'utf8') === sourcesHash();
}

async function build() {
  say('building');
  const hash = sourcesHash();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await runNode('The build failed.', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  writeFileSync(buildStamp, hash);
}

function runNode(failure, args) {
  return run(failure, process.execPath, args, { ...process.env, ORT_DISABLE_TELEMETRY: '1' });
}

/** Output goes to stderr: stdout belongs to the command that is set up for. */
async function run(failure, command, args, env) {
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  const [status] = await once(child, 'exit').catch((error) => {
    throw new SetupError(`${failure} ${error.message}`);
  });
  if (status !== 0) throw new SetupError(failure);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** One set-up at a time: two that build at once would delete each other's files. */
async function withLock(work) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (let waited = false; !takeLock(); waited = true) {
    if (!waited) say(`waiting for another set-up to end (it holds ${relative(root, lockFile)})`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function takeLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!holderIsAlive()) rmSync(lockFile, { force: true });
  return false;
}

function holderIsAlive() {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'));
    // Not written yet.
    if (pid === 0) return Date.now() - statSync(lockFile).mtimeMs < 1_000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // ENOENT: just released; ESRCH: killed before it could release.
    return error.code === 'EPERM' || error.code === 'ENOENT';
  }
}

/** @param {() => Promise<void>} work ends the process with a sentence instead of a stack when a step fails */
export async function orExit(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await orExit(() => setUp({ models: true }));

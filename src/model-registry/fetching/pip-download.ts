import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface PipOptions {
  /** The environment: PATH finds Python, and pip reads its own settings from it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** pip is killed after this time. */
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The end of the messages of pip that is kept. */
const keptMessageBytes = 32_768;
const longestMessage = 300;

/**
 * Downloads the wheel of a package from the index that pip is set to. No code of the package runs.
 * @param folder an empty one, in which pip works too, so that nothing remains elsewhere if it is killed
 * @returns the path of the wheel
 * @throws Error with a sentence that says why there is no wheel
 */
export async function downloadWheel(
  name: string,
  version: string,
  folder: string,
  { variables, limitMs, signal }: PipOptions,
): Promise<string> {
  const limit = AbortSignal.timeout(limitMs);
  const messages = await runPip(
    ['--no-deps', '--only-binary=:all:', '--dest', folder, `${name}==${version}`],
    // Python searches modules in the folder in which it is started.
    { cwd: folder, env: { ...variables, TMPDIR: folder } },
    signal === undefined ? limit : AbortSignal.any([signal, limit]),
  ).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (limit.aborted) throw new Error(`pip did not bring ${name} in ${limitMs / 1_000} seconds`);
    throw error;
  });
  if (messages !== undefined) throw new Error(reasonIn(messages));
  const wheels = (await readdir(folder)).filter((file) => file.endsWith('.whl'));
  if (wheels.length !== 1) throw new Error(`pip brought ${wheels.length} wheels of ${name} instead of one`);
  return join(folder, wheels[0]!);
}

/** @returns what pip has printed where it failed; undefined where it did not */
function runPip(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const options = ['--disable-pip-version-check', '--no-input', '--quiet'];
    const pip = spawn('python3', ['-m', 'pip', 'download', ...options, ...args], {
      cwd,
      env,
      signal,
      // What it leaves is in a folder that is removed.
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let messages = '';
    pip.stderr.setEncoding('utf8').on('data', (text: string) => {
      messages = (messages + text).slice(-keptMessageBytes);
    });
    let failure: Error | undefined;
    pip.on('error', (error: NodeJS.ErrnoException) => {
      failure =
        error.code === 'ENOENT' ? new Error('there is no program python3, whose pip is needed') : error;
      if (pip.pid === undefined) reject(failure);
    });
    // Not before nothing is written any more to the folder.
    pip.on('close', (code) => {
      if (failure !== undefined) reject(failure);
      else resolve(code === 0 ? undefined : messages);
    });
  });
}

function reasonIn(messages: string): string {
  if (messages.includes('connection broken by')) return 'pip did not reach its package index';
  const lines = messages
    // They would reach the terminal.
    .replaceAll(/\u001b\[[\d;]*m|[\u0000-\u0009\u000b-\u001f]/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const last = lines.findLast((line) => line.startsWith('ERROR: ')) ?? lines.at(-1) ?? 'it did not say why';
  return `pip failed: ${last.replace(/^ERROR: /, '').slice(0, longestMessage)}`;
}

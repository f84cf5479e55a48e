import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';

/**
 * Takes files out of an npm package, through npm, so that the machine's npm settings apply.
 * @param {string} source name@version
 * @param {string} sha256 of the package's archive
 * @param {string} folder into which the archive and `package/…` are put
 * @param {readonly string[]} files of the archive
 * @throws {Error} where the package cannot be had or has another hash
 */
export async function extractFromNpm(source, sha256, folder, files) {
  const { status, stdout } = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder, source], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`npm pack ${source} failed`);
  const archive = join(folder, stdout.trim());
  const found = createHash('sha256').update(readFileSync(archive)).digest('hex');
  if (found !== sha256) throw new Error(`${source} has the sha256 ${found}, not ${sha256}`);
  await extract({ file: archive, cwd: folder }, [...files]);
}

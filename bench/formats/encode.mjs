import { spawn, spawnSync } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The first line of `ffmpeg -version`; undefined where it is not installed. */
export function ffmpegVersion() {
  const { status, stdout } = spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0].split(' ').slice(0, 3).join(' ') : undefined;
}

const wavHeaderBytes = 44;
/** The name and size of a chunk, which its size includes. */
const wave64ChunkBytes = 24;
let files = 0;

/**
 * A clip in another form. @returns {Promise<Buffer>} @throws Error with what ffmpeg says
 * @param {string} clip
 * @param {import('./forms.mjs').Form} form
 * @param {string} folder for a file that is removed
 */
export async function encode(clip, { extension, options }, folder) {
  if (options.length === 0) return readFile(clip);
  const output = join(folder, `${files++}.${extension}`);
  const args = ['-v', 'error', '-nostdin', '-y', '-i', clip, '-map_metadata', '-1', ...options, output];
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const status = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  if (status !== 0) throw new Error(`ffmpeg ${options.join(' ')}: ${said.trim().split('\n').at(-1)}`);
  const bytes = await readFile(output);
  await rm(output);
  return extension === 'w64' ? withoutPadding(bytes, (await stat(clip)).size - wavHeaderBytes) : bytes;
}

/** ffmpeg counts the padding of Wave64 as samples: up to three more than the clip has. */
function withoutPadding(bytes, sampleBytes) {
  const chunk = bytes.indexOf('data');
  bytes.writeBigUInt64LE(BigInt(wave64ChunkBytes + sampleBytes), chunk + 16);
  return bytes;
}

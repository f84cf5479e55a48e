import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';
import { readEnvironment } from '../../dist/config/environment.js';
import { Families } from '../../dist/families/families.js';
import { workerModelOf } from '../../dist/inference/model-artefacts.js';
import { FolderModelRegistry } from '../../dist/model-registry/folder-model-registry.js';
import { readingStarter } from '../../dist/recognition/recordings/reading-engine.js';
import { partEnd } from '../../dist/recognition/recordings/recording-bytes.js';

const partsPerCheckpoint = 6;
const answerTimeoutMs = 120_000;
const intervalMs = 20;
const bytesPerKilobyte = 1_024;

/**
 * @typedef {object} Reading
 * @property {number} beforeBytes resident memory of the process when it is ready
 * @property {number} mostBytes while it reads, at most
 * @property {number} afterBytes at the end
 * @property {number} checkpointBytes the largest checkpoint, 0 if there is none
 * @property {number} seconds
 */

/**
 * Reads files one after the other in one new process that reads recordings, in parts as the service gives them.
 * @param {readonly { path: string, times: number }[]} files
 * @returns {Promise<Reading[]>} for each file
 */
export async function readAlone(files) {
  const registry = await FolderModelRegistry.open(join(root, 'models'), await Families.load());
  const { MODEL_VARIANT } = readEnvironment({});
  const worker = await readingStarter(async () => [
    await workerModelOf(registry, registry.get('silero-vad'), MODEL_VARIANT),
  ])();
  const beforeBytes = residentBytes(worker.pid);
  let mostBytes = beforeBytes;
  const watch = setInterval(() => (mostBytes = Math.max(mostBytes, residentBytes(worker.pid))), intervalMs);
  const readings = [];
  let recordings = 0;
  try {
    for (const { path, times } of files) {
      const since = performance.now();
      let checkpointBytes = 0;
      mostBytes = 0;
      for (let time = 0; time < times; time++) {
        checkpointBytes = Math.max(checkpointBytes, await readParts(worker, path, ++recordings));
      }
      const seconds = (performance.now() - since) / 1_000;
      const afterBytes = residentBytes(worker.pid);
      mostBytes = Math.max(mostBytes, afterBytes);
      readings.push({ beforeBytes, mostBytes, afterBytes, checkpointBytes, seconds });
    }
    return readings;
  } finally {
    clearInterval(watch);
    worker.kill('is not needed any more');
    await worker.ended;
  }
}

/** @returns the size of the largest checkpoint */
async function readParts(worker, path, recording) {
  const file = openSync(path, 'r');
  try {
    return await readOpened(worker, file, recording);
  } finally {
    closeSync(file);
  }
}

async function readOpened(worker, file, recording) {
  const leastBytes = fstatSync(file).size;
  let begin = {
    declared: undefined,
    leastBytes,
    maxAudioSeconds: 36_000,
    normalizer: { channel: 'mix', targetLufs: -23, toleranceLu: 2, maxGainDb: 30 },
    cutter: { threshold: 0.5, targetSegmentSeconds: 15, paddingMs: 100 },
  };
  let offset = 0;
  let parts = 0;
  let checkpointBytes = 0;
  let hasMore = false;
  for (;;) {
    const bytes = Buffer.alloc(hasMore ? 0 : Math.max(0, Math.min(partEnd(offset), leastBytes) - offset));
    if (bytes.length > 0) readSync(file, bytes, 0, bytes.length, offset);
    const last = partEnd(offset) >= leastBytes;
    const wantsCheckpoint = !last && ++parts % partsPerCheckpoint === 0;
    const piece = { recording, ...(begin && { begin }), bytes, last, wantsCheckpoint };
    const { answer } = await worker.request(piece, answerTimeoutMs);
    if (answer.type !== 'read') throw new Error(`${answer.code}: ${answer.message}`);
    begin = undefined;
    ({ hasMore } = answer.piece);
    checkpointBytes = Math.max(checkpointBytes, answer.piece.checkpoint?.length ?? 0);
    if (hasMore) continue;
    if (last && answer.piece.nextOffset === undefined) return checkpointBytes;
    offset = answer.piece.nextOffset ?? offset + bytes.length;
  }
}

function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * bytesPerKilobyte;
}

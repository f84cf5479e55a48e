import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { tone } from '../../test/support/tone.js';
import { RecordingThreadPool, startRecordingThread } from './recording-thread-pool.js';
import type { RecordingRequest } from './recording-thread.protocol.js';

const request: RecordingRequest = {
  declared: { encoding: 'float32', sampleRate: 16_000, channels: 1 },
  totalBytes: 64_000,
  maxAudioSeconds: 60,
  normalizer: { channel: 'mix', targetLufs: -23, toleranceLu: 0, maxGainDb: 30 },
};

function secondOfTone(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Float32Array.from(tone(440, 16_000, 1)).buffer);
}

describe('RecordingThreadPool', () => {
  const hangs = () => new Worker('for (;;);', { eval: true });
  const hoards = () =>
    new Worker(
      `const kept = [];
       require('node:worker_threads').parentPort.on('message', () => { for (;;) kept.push(Array(999).fill({})); });`,
      { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } },
    );

  it.each([
    ['hangs', hangs, 300],
    ['runs out of memory', hoards, 25_000],
  ])(
    'says so when a thread %s',
    async (_, start, answerTimeoutMs) => {
      const starts = [start];
      const pool = new RecordingThreadPool(
        1,
        () => (starts.pop() ?? startRecordingThread)(),
        answerTimeoutMs,
      );
      const failing = pool.open(request).decode(secondOfTone(), true);
      await expect(failing).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(starts).toHaveLength(0);
      await pool.dispose();
    },
    30_000,
  );

  it('starts a second thread only when the first is busy', async () => {
    let started = 0;
    const pool = new RecordingThreadPool(2, () => {
      started += 1;
      return startRecordingThread();
    });
    const first = pool.open(request);
    expect(started).toBe(1);
    const second = pool.open(request);
    pool.open(request);
    expect(started).toBe(2);
    const pieces = await Promise.all([first, second].map((open) => open.decode(secondOfTone(), true)));
    expect(pieces.map(({ blocks }) => blocks.map((block) => block.length))).toEqual([[16_000], [16_000]]);
    await pool.dispose();
  }, 30_000);
});

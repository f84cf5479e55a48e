import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { wav } from '../../test/support/wav-writer.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { RecordingDecoder } from './recording-decoder.js';
import type { DecoderCheckpoint, RecordingRequest } from './recording-decoder.js';

const name = 'test/fixtures/sense-and-sensibility';

/** Decodes in pieces whose durations add up to something that binary fractions only come near to. */
async function decode(bytes: Uint8Array, maxAudioSeconds: number): Promise<string> {
  const decoder = new RecordingDecoder({
    declared: undefined,
    leastBytes: bytes.length,
    maxAudioSeconds,
    normalizer: { channel: 'mix', targetLufs: -23, toleranceLu: 0, maxGainDb: 30 },
  });
  try {
    for (let at = 0; at < bytes.length; at += 1_000) {
      const isLast = at + 1_000 >= bytes.length;
      for await (const block of decoder.decodePiece(bytes.subarray(at, at + 1_000), isLast)) void block;
    }
    return 'decoded';
  } catch (error) {
    if (error instanceof SpeechError) return error.code;
    throw error;
  } finally {
    decoder.dispose();
  }
}

describe('RecordingDecoder', () => {
  it.each([
    ['WAV', `${name}-0870.wav`, 113_600 / 16_000, 16_000],
    ['FLAC', `${name}-0880-start.flac`, 28_800 / 16_000, 16_000],
    ['Ogg/FLAC', `${name}-0880-start.flac.ogg`, 28_800 / 16_000, 16_000],
    ['Ogg/Opus', `${name}-0870.opus`, 340_800 / 48_000, 48_000],
    ['MP3 that says which samples its encoder added', `${name}-0880.mp3`, 47_855 / 16_000, 16_000],
    ['MP3 in stereo', `${name}-0880-stereo.mp3`, 131_859 / 44_100, 44_100],
  ])(
    'takes %s of exactly the longest duration, and not one sample more',
    async (_title, path, seconds, sampleRate) => {
      const bytes = await readFile(path);
      expect(await decode(bytes, seconds)).toBe('decoded');
      expect(await decode(bytes, seconds - 1 / sampleRate)).toBe('AUDIO_TOO_LONG');
    },
  );
});

const file = wav(new Uint8Array(40_000).map((_, at) => at >> 4));
const request: RecordingRequest = {
  declared: undefined,
  leastBytes: file.length,
  maxAudioSeconds: 10,
  normalizer: { targetLufs: -23, toleranceLu: 0, maxGainDb: 30, channel: 'mix' },
};

async function checkpointAfter(bytes: Uint8Array): Promise<DecoderCheckpoint> {
  const decoder = new RecordingDecoder(request);
  for await (const _ of decoder.decodePiece(bytes, false)) continue;
  return decoder.checkpoint()!;
}

describe('RecordingDecoder.resume', () => {
  it('ends in time with a checkpoint that no decoder has made', async () => {
    const { input, ...rest } = await checkpointAfter(file.subarray(0, 30_000));
    const { samples, codec } = input as Extract<typeof input, { samples: unknown }>;
    const resume = (change: Partial<typeof samples>): Promise<RecordingDecoder> =>
      RecordingDecoder.resume(request, { ...rest, input: { samples: { ...samples, ...change }, codec } });
    for (const zeros of [-1, 0.5, 1e-300, 1e300, Infinity]) {
      await expect(resume({ zeros })).rejects.toThrow('checkpoint');
    }
    const long = resume({ end: Infinity, zeros: 2 ** 50 });
    await expect(long).rejects.toMatchObject({ code: 'AUDIO_TOO_LONG' });
  });
});

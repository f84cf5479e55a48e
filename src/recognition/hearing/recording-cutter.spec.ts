import { describe, expect, it } from 'vitest';
import { windowSamples } from '../../speech-model/vad-window.js';
import type { SpeechProbabilities, SpeechStretch } from '../../speech-model/voice-activity-model.js';
import { realPaddingWindows, silenceWindows } from './cutting.js';
import { RecordingCutter } from './recording-cutter.js';
import type { RecordingSegment } from './recording-cutter.js';

const paddingMs = 10;
const second = 16_000;

/** The level of the first sample of a window is its probability of speech. */
const detectLevel = ({ samples, state }: SpeechStretch): Promise<SpeechProbabilities> => {
  const windows = Math.floor(samples.length / windowSamples);
  const context = samples.length - windows * windowSamples;
  const probabilities = Float32Array.from(
    { length: windows },
    (_, at) => samples[context + at * windowSamples]!,
  );
  return Promise.resolve({ probabilities, state });
};

const cutter = (targetSegmentSeconds = 10): RecordingCutter =>
  new RecordingCutter(detectLevel, { threshold: 0.5, targetSegmentSeconds, paddingMs });

/** Audio of several levels, each for a number of seconds. */
const audio = (...levels: readonly (readonly [level: number, seconds: number])[]): Float32Array =>
  Float32Array.from(levels.flatMap(([level, seconds]) => new Array<number>(seconds * second).fill(level)));

async function segmentsOf(
  samples: Float32Array,
  blockSamples = samples.length,
  cutting = cutter(),
): Promise<readonly RecordingSegment[]> {
  const segments: RecordingSegment[] = [];
  for (let at = 0; at < samples.length; at += blockSamples)
    segments.push(...(await cutting.cutBlock(samples.subarray(at, at + blockSamples), false)));
  return [...segments, ...(await cutting.cutBlock(new Float32Array(0), true))];
}

describe('RecordingCutter', () => {
  it('cuts at long pauses, and gives the times of the speech and its audio with some around it', async () => {
    const segments = await segmentsOf(audio([0, 2], [0.9, 2], [0, 3], [0.8, 1], [0, 2]));
    expect(segments).toHaveLength(2);
    const [first, last] = segments;
    expect(Math.abs(first!.startMs - 2_000)).toBeLessThanOrEqual(32);
    expect(Math.abs(first!.endMs - 4_000)).toBeLessThanOrEqual(32);
    expect(Math.abs(last!.startMs - 7_000)).toBeLessThanOrEqual(32);
    expect(first!.peakProbability).toBeCloseTo(0.9);
    const expected = 2 * second + 2 * realPaddingWindows * windowSamples + 2 * paddingMs * 16;
    expect(Math.abs(first!.samples.length - expected)).toBeLessThanOrEqual(2 * windowSamples);
    const padding = first!.samples.subarray(0, paddingMs * 16);
    expect(padding.every((sample) => sample === 0)).toBe(true);
    expect(first!.samples.filter((sample) => sample > 0.5)).toHaveLength(2 * second);
  });

  it('gives the same segments whatever the size of the blocks', async () => {
    const samples = audio([0, 1], [0.9, 2], [0, 2], [0.9, 3], [0, 1]);
    const whole = await segmentsOf(samples);
    expect(whole).toHaveLength(2);
    for (const blockSamples of [333, 1_600, second]) {
      expect(await segmentsOf(samples, blockSamples)).toEqual(whole);
    }
  });

  it('gives speech that is open with the last block, and no time behind its end', async () => {
    const samples = audio([0.9, 2]);
    const cutting = cutter();
    expect(await cutting.cutBlock(samples, false)).toEqual([]);
    const segments = await cutting.cutBlock(new Float32Array(0), true);
    expect(segments).toMatchObject([{ startMs: 0, endMs: 2_000 }]);
  });

  it('cuts speech without pauses before it is longer than 1.25 times the target', async () => {
    const segments = await segmentsOf(audio([0.9, 11]), second, cutter(4));
    expect(segments.length).toBeGreaterThanOrEqual(3);
    for (const { startMs, endMs } of segments) expect(endMs - startMs).toBeLessThanOrEqual(5_032);
    const speechMs = segments.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
    expect(speechMs).toBeGreaterThan(10_800);
  });

  it('finds nothing in silence, and still gives the highest probability', async () => {
    const cutting = cutter();
    expect(await segmentsOf(audio([0, 1], [0.4, 1]), second, cutting)).toEqual([]);
    expect(cutting.peakProbability).toBeCloseTo(0.4);
    expect(await segmentsOf(new Float32Array(0), 1, cutter())).toEqual([]);
  });

  it('puts silence before the first sample and after the last', async () => {
    let windows = 0;
    const cutting = new RecordingCutter(
      (stretch) => {
        windows += Math.floor(stretch.samples.length / windowSamples);
        return detectLevel(stretch);
      },
      { threshold: 0.5, targetSegmentSeconds: 10, paddingMs },
    );
    await segmentsOf(new Float32Array(10 * windowSamples), windowSamples, cutting);
    expect(windows).toBe(10 + 2 * silenceWindows);
  });

  it('passes on the failure of the detector', async () => {
    const failing = new RecordingCutter(() => Promise.reject(new Error('lost')), {
      threshold: 0.5,
      targetSegmentSeconds: 10,
      paddingMs,
    });
    await expect(failing.cutBlock(new Float32Array(second), false)).rejects.toThrow('lost');
  });
});

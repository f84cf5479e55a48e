import { beforeAll, describe, expect, it } from 'vitest';
import {
  dims,
  float32,
  hasModelFile,
  int64,
  modelFile,
  noise,
  numbers,
  openGraph,
} from '../../../../test/support/graphs.js';
import type { Graph } from '../../../../test/support/graphs.js';
import { fixtureRecordings, samplesOf } from '../../../../test/support/recordings.js';
import { SourceGraph } from '../../../onnx-graphs/source-graph.js';
import { SileroSource } from './silero-source.js';
import { voiceActivityGraph } from './voice-activity-graph.js';

const file = 'silero-vad/6/silero_vad_v6.onnx';
const windowSamples = 576;
const newSamples = 512;
const stateSize = 128;

/** Shape (windows, 576): each with the 64 samples before it. */
function windowsOf(samples: Float32Array): Float32Array {
  const count = Math.floor(samples.length / newSamples);
  const windows = new Float32Array(count * windowSamples);
  for (let window = 0; window < count; window++) {
    const from = window * newSamples - (windowSamples - newSamples);
    const part = samples.subarray(Math.max(from, 0), from + windowSamples);
    windows.set(part, (window + 1) * windowSamples - part.length);
  }
  return windows;
}

describe.skipIf(!hasModelFile(file))(`the compiled voice activity model (needs models/${file})`, () => {
  let compiled: Graph;
  let shipped: Graph;

  beforeAll(async () => {
    const bytes = modelFile(file);
    compiled = await openGraph(voiceActivityGraph(new SileroSource(new SourceGraph(bytes, file))));
    shipped = await openGraph(bytes);
  });

  /** One window after the other, as the shipped model wants it. */
  async function expected(windows: Float32Array): Promise<{ probabilities: number[]; state: number[] }> {
    const probabilities: number[] = [];
    let state = float32(new Float32Array(2 * stateSize), [2, 1, stateSize]);
    for (let at = 0; at < windows.length; at += windowSamples) {
      const input = float32(windows.subarray(at, at + windowSamples), [1, windowSamples]);
      const results = await shipped.run({ input, state, sr: int64([16_000], []) });
      probabilities.push(...numbers(results, 'output'));
      state = results.stateN as typeof state;
    }
    return { probabilities, state: Array.from(state.data as Float32Array) };
  }

  const zeros = (streams: number) => float32(new Float32Array(streams * stateSize), [streams, stateSize]);

  function expectClose(actual: readonly number[], wanted: readonly number[], tolerance: number): void {
    expect(actual).toHaveLength(wanted.length);
    const worst = Math.max(...actual.map((value, index) => Math.abs(value - (wanted[index] as number))));
    expect(worst).toBeLessThan(tolerance);
  }

  it('gives a whole recording at once the probabilities that the shipped graph gives window by window', async () => {
    for (const { pcm } of await fixtureRecordings()) {
      const windows = windowsOf(samplesOf(pcm));
      const count = windows.length / windowSamples;
      const results = await compiled.run({
        windows: float32(windows, [1, count, windowSamples]),
        hidden: zeros(1),
        cell: zeros(1),
      });
      const { probabilities, state } = await expected(windows);
      expect(Math.max(...probabilities)).toBeGreaterThan(0.9);
      expectClose(numbers(results, 'probabilities'), probabilities, 1e-4);
      expectClose([...numbers(results, 'next_hidden'), ...numbers(results, 'next_cell')], state, 1e-3);
    }
  });

  it('gives the same when the windows come in parts and the state is handed on', async () => {
    const [recording] = await fixtureRecordings();
    const windows = windowsOf(samplesOf(recording?.pcm ?? new Uint8Array())).slice(0, 40 * windowSamples);
    const { probabilities } = await expected(windows);
    let hidden = zeros(1);
    let cell = zeros(1);
    const found: number[] = [];
    let at = 0;
    for (const count of [1, 2, 1, 11, 25]) {
      const part = windows.subarray(at, (at += count * windowSamples));
      const results = await compiled.run({
        windows: float32(part, [1, count, windowSamples]),
        hidden,
        cell,
      });
      found.push(...numbers(results, 'probabilities'));
      hidden = results.next_hidden as typeof hidden;
      cell = results.next_cell as typeof cell;
    }
    expectClose(found, probabilities, 1e-4);
  });

  it.each([1, 2, 7, 32])('keeps %i streams apart', async (streams) => {
    const count = 6;
    const inputs = Array.from({ length: streams }, (_, stream) =>
      noise(count * windowSamples, stream + 1).map((value) => value / (stream + 1)),
    );
    const together = new Float32Array(streams * count * windowSamples);
    inputs.forEach((input, stream) => together.set(input, stream * input.length));
    const results = await compiled.run({
      windows: float32(together, [streams, count, windowSamples]),
      hidden: zeros(streams),
      cell: zeros(streams),
    });
    expect(dims(results, 'probabilities')).toEqual([streams, count]);
    const found = numbers(results, 'probabilities');
    for (const [stream, input] of inputs.entries()) {
      const { probabilities } = await expected(input);
      expectClose(found.slice(stream * count, (stream + 1) * count), probabilities, 1e-4);
    }
  });
});

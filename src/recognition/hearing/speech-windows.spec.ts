import { describe, expect, it } from 'vitest';
import { SpeechWindows } from './speech-windows.js';
import { contextSamples, windowSamples } from '../../speech-model/vad-window.js';

const signal = Float32Array.from({ length: 5_000 }, (_, at) => at + 1);

/** All windows that come of the signal, added in pieces of a size, each with its context. */
function windowsOf(pieceSamples: number): number[][] {
  const windows = new SpeechWindows();
  const found: number[][] = [];
  for (let at = 0; at < signal.length; at += pieceSamples) {
    const stretch = windows.addSamples(signal.subarray(at, at + pieceSamples));
    if (stretch === undefined) continue;
    for (
      let start = 0;
      start + contextSamples + windowSamples <= stretch.samples.length;
      start += windowSamples
    ) {
      found.push([...stretch.samples.subarray(start, start + contextSamples + windowSamples)]);
    }
  }
  return found;
}

describe('SpeechWindows', () => {
  it('cuts the same windows whatever the size of the pieces', () => {
    const whole = windowsOf(signal.length);
    expect(whole).toHaveLength(Math.floor(signal.length / windowSamples));
    for (const size of [1, 7, 160, 511, 512, 513, 1_600]) expect(windowsOf(size)).toEqual(whole);
  });

  it('begins with silence as context and then repeats the last samples of the window before', () => {
    const [first, second] = windowsOf(1_000);
    expect(first!.slice(0, contextSamples)).toEqual(new Array(contextSamples).fill(0));
    expect(second!.slice(0, contextSamples)).toEqual(first!.slice(-contextSamples));
  });
});

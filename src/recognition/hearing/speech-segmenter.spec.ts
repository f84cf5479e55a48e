import { describe, expect, it } from 'vitest';
import { SpeechSegmenter } from './speech-segmenter.js';
import type { SpeechSpan } from './speech-segmenter.js';

function spansOf(...stretches: (readonly [probability: number, windows: number])[]): SpeechSpan[] {
  const segmenter = new SpeechSegmenter({
    threshold: 0.5,
    targetWindows: 100,
    maxWindows: 150,
    splitPauseWindows: 40,
    minSpeechWindows: 2,
  });
  const spans: SpeechSpan[] = [];
  for (const [probability, windows] of stretches) {
    for (let at = 0; at < windows; at++) {
      const span = segmenter.addWindow(probability);
      if (span !== undefined) spans.push(span);
    }
  }
  const last = segmenter.endOpenSpan();
  return last === undefined ? spans : [...spans, last];
}

describe('SpeechSegmenter', () => {
  it('finds nothing where nobody speaks', () => {
    expect(spansOf([0.1, 1_000])).toEqual([]);
  });

  it('keeps phrases with short pauses together and parts those with long ones', () => {
    const spans = spansOf([0.1, 20], [0.9, 30], [0.1, 20], [0.9, 20], [0.1, 60], [0.9, 10]);
    expect(spans.map(({ start, end }) => [start, end])).toEqual([
      [20, 90],
      [150, 160],
    ]);
  });

  it('cuts long speech at a good pause', () => {
    const spans = spansOf([0.9, 80], [0.1, 20], [0.9, 60]);
    expect(spans.map(({ start, end }) => [start, end])).toEqual([
      [0, 80],
      [100, 160],
    ]);
  });

  it('waits beyond the target for a good pause rather than cut at a short one', () => {
    const spans = spansOf([0.9, 60], [0.1, 4], [0.9, 56], [0.1, 20], [0.9, 30]);
    expect(spans.map(({ start, end }) => [start, end])).toEqual([
      [0, 120],
      [140, 170],
    ]);
  });

  it('cuts speech without any pause at its quietest window, within the greatest length', () => {
    const spans = spansOf([0.9, 90], [0.6, 1], [0.9, 200]);
    expect(spans[0]).toMatchObject({ start: 0, end: 90 });
    for (const { start, end } of spans) expect(end - start).toBeLessThanOrEqual(150);
    expect(spans.reduce((sum, { start, end }) => sum + end - start, 0)).toBeGreaterThanOrEqual(289);
  });

  it('takes a click for a click', () => {
    expect(spansOf([0.1, 30], [0.9, 1], [0.1, 100])).toEqual([]);
  });

  it('gives no audio to two spans', () => {
    const spans = spansOf([0.9, 80], [0.1, 20], [0.9, 60], [0.1, 60], [0.9, 30]);
    for (let at = 1; at < spans.length; at++) {
      expect(spans[at]!.audioStart).toBeGreaterThanOrEqual(spans[at - 1]!.audioEnd - 30);
      expect(spans[at]!.start).toBeGreaterThanOrEqual(spans[at - 1]!.end);
    }
  });
});

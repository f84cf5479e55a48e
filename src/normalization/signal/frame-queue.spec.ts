import { expect, it } from 'vitest';
import { FrameQueue } from './frame-queue.js';
import { frameColumn, frameSamples, rowLength } from './signal-frames.js';

/** Frames of a constant level. */
function rows(count: number, level = 0.1, samples = frameSamples): Float32Array {
  const all = new Float32Array(count * rowLength);
  for (let row = 0; row < count; row++) {
    const at = row * rowLength;
    all[at + frameColumn.samples] = samples;
    all[at + frameColumn.squares] = samples * level ** 2;
    all[at + frameColumn.magnitudes] = samples * level;
    all[at + frameColumn.logs] = samples * Math.log(level);
  }
  return all;
}

/** A live input whose windows are answered in order. */
class Input {
  readonly queue = new FrameQueue(5);
  private windows = 0;

  add(count: number, probability: number): void {
    this.queue.append(rows(count));
    for (let at = 0; at < count; at++) this.queue.answerWindow(++this.windows * frameSamples, probability);
  }
}

it('counts audio before an utterance to it, but not more than the longest lead', () => {
  const input = new Input();
  input.add(1_000, 0);
  input.add(2, 0.9);
  input.queue.begin();
  input.add(48, 0.9);
  input.add(10, 0);
  const features = input.queue.endUtterance();
  expect(features.leadingSilenceMs).toBe(5_000 - 2 * 32 + 24);
  expect(features.trailingSilenceMs).toBe(320);
  expect(features.durationSeconds).toBeCloseTo(5.024 + 58 * 0.032, 6);
});

it('begins each utterance anew, after the one before', () => {
  const input = new Input();
  for (let utterance = 0; utterance < 3; utterance++) {
    input.add(5, 0);
    input.add(20, 0.9);
    input.queue.begin();
    input.add(5, 0);
    const { leadingSilenceMs, trailingSilenceMs, durationSeconds } = input.queue.endUtterance();
    expect([leadingSilenceMs, trailingSilenceMs]).toEqual([160, 160]);
    expect(durationSeconds).toBeCloseTo(0.96, 6);
  }
});

it('forgets what is cleared', () => {
  const input = new Input();
  input.add(20, 0.9);
  input.queue.begin();
  input.queue.forget();
  input.add(4, 0.9);
  input.queue.begin();
  expect(input.queue.endUtterance().durationSeconds).toBeCloseTo(4 * 0.032, 6);
});

it('takes rows that come before their windows, and a last frame that is not full', () => {
  const queue = new FrameQueue(Infinity);
  queue.append(rows(300));
  queue.append(rows(1, 0.1, 100));
  for (let window = 1; window <= 301; window++) queue.answerWindow(window * frameSamples, 0.9);
  const features = queue.endUtterance();
  expect(features.durationSeconds).toBeCloseTo((300 * 512 + 100) / 16_000, 6);
  expect(features.speechShare).toBe(1);
});

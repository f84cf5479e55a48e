import { describe, expect, it } from 'vitest';
import { segment } from '../../test/support/fake-recognizer.js';
import { confidenceOf, overallConfidence } from './transcript.js';
import { TranscriptBuilder } from './transcript-builder.js';

describe('TranscriptBuilder', () => {
  it('joins segments with one space and numbers them from 0', () => {
    const builder = new TranscriptBuilder('en');
    builder.add(segment(3, 100, 900, ' Hello there. '));
    builder.add(segment(7, 1000, 1900, 'And again.'));
    const transcript = builder.build(2.5);
    expect(transcript.text).toBe('Hello there. And again.');
    expect(
      transcript.segments.map(({ id, startSeconds, endSeconds }) => [id, startSeconds, endSeconds]),
    ).toEqual([
      [0, 0.1, 0.9],
      [1, 1, 1.9],
    ]);
    expect(transcript.durationSeconds).toBe(2.5);
  });

  it('returns the separator before each segment, so that the deltas add up to the text', () => {
    const builder = new TranscriptBuilder('en');
    const deltas = ['One', 'two', 'three'].map((text, id) => {
      const added = builder.add(segment(id, id * 1000, id * 1000 + 900, text));
      return added.separator + added.segment.text;
    });
    expect(deltas.join('')).toBe(builder.build(3).text);
  });

  it('returns an empty text for a recording without speech', () => {
    expect(new TranscriptBuilder('en').build(4)).toEqual({
      text: '',
      language: 'en',
      durationSeconds: 4,
      segments: [],
    });
  });
});

describe('confidence', () => {
  it('is the exponential of the mean log-probability', () => {
    const builder = new TranscriptBuilder('en');
    const { segment: made } = builder.add(segment(0, 0, 1000, 'a b', -0.5));
    expect(confidenceOf(made)).toBeCloseTo(Math.exp(-0.5), 12);
  });

  it('weights segments by their number of tokens', () => {
    const builder = new TranscriptBuilder('en');
    const first = builder.add(segment(0, 0, 1000, 'a b c', -0.1)).segment;
    const second = builder.add(segment(1, 1000, 2000, 'd', -0.9)).segment;
    expect(overallConfidence([first, second])).toBeCloseTo(Math.exp(-(3 * 0.1 + 0.9) / 4), 12);
    expect(overallConfidence([])).toBe(0);
  });
});

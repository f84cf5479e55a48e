import { describe, expect, it } from 'vitest';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { OpenSpan, SpeechSpan } from '../hearing/speech-segmenter.js';
import type { DetectedWindow } from './live-detection.js';
import { UtteranceTracker } from './utterance-tracker.js';
import type { TrackerOptions, UtteranceChange } from './utterance-tracker.js';

const tracker = (options: Partial<TrackerOptions> = {}): UtteranceTracker =>
  new UtteranceTracker(
    { pauseEndsUtterance: true, minSpeechWindows: 2, ...options },
    (window) => window * 32,
  );

const open = (start: number, end: number, speechWindows = end - start): OpenSpan => ({
  start,
  end,
  audioStart: start,
  speechWindows,
});

const span = (start: number, end: number, endedBy: SpeechSpan['endedBy'] = 'pause'): SpeechSpan => ({
  start,
  end,
  audioStart: start,
  audioEnd: end,
  peakProbability: 1,
  endedBy,
});

const window = (count: number, what: Partial<DetectedWindow> = {}): DetectedWindow => ({
  count,
  open: undefined,
  closed: undefined,
  dropped: false,
  ...what,
});

const hypothesis: Hypothesis = {
  text: 'one',
  tokens: [1],
  tokenBytes: [],
  tokenLogProbs: [0],
  stopReason: 'end-of-text',
};

/** In short: events by their type and ids, segments by their id and reason. */
const inShort = (changes: readonly UtteranceChange[]): readonly unknown[] =>
  changes.map((change) => {
    if (change.type === 'segment-forgotten') return 'forgotten';
    if (change.type === 'segment-closed') return `closed ${change.segment.id} ${change.segment.reason}`;
    return change.event;
  });

describe('UtteranceTracker', () => {
  it('announces an utterance with its first window that makes it more than a click', () => {
    const tracked = tracker();
    expect(tracked.addWindow(window(6, { open: open(5, 6) }))).toEqual([]);
    expect(tracked.isUtteranceOpen).toBe(false);
    expect(tracked.addWindow(window(7, { open: open(5, 7) }))).toEqual([
      {
        type: 'utterance-started',
        event: { type: 'speech-start', utteranceId: 0, startMs: 160 },
        firstWindowEndMs: 192,
      },
    ]);
    expect(tracked.addWindow(window(8, { open: open(5, 8) }))).toEqual([]);
    expect(tracked.isUtteranceOpen).toBe(true);
  });

  it('ends the utterance with the segment at a pause, and names the segment whose final follows', () => {
    const tracked = tracker();
    tracked.addWindow(window(7, { open: open(5, 7) }));
    const changes = tracked.addWindow(window(20, { closed: span(5, 10) }));
    expect(inShort(changes)).toEqual([
      { type: 'speech-end', utteranceId: 0, endMs: 320, reason: 'silence', segmentId: 0 },
      'closed 0 silence',
    ]);
    const [, closed] = changes;
    expect(closed).toMatchObject({ segment: { utteranceId: 0, startMs: 160, endMs: 320 } });
  });

  it('goes on after a pause where only a client ends utterances, and ends without a segment', () => {
    const tracked = tracker({ pauseEndsUtterance: false });
    tracked.addWindow(window(7, { open: open(5, 7) }));
    expect(inShort(tracked.addWindow(window(20, { closed: span(5, 10) })))).toEqual(['closed 0 pause']);
    expect(tracked.isUtteranceOpen).toBe(true);
    expect(inShort(tracked.addWindow(window(23, { open: open(21, 23) })))).toEqual([]);
    tracked.addWindow(window(40, { closed: span(21, 30) }));
    expect(inShort(tracked.end(undefined, 50, 'finalized'))).toEqual([
      'forgotten',
      { type: 'speech-end', utteranceId: 0, endMs: 1_600, reason: 'finalized' },
    ]);
  });

  it('keeps the utterance and opens a new segment at a cut within speech', () => {
    const tracked = tracker();
    tracked.addWindow(window(7, { open: open(5, 7) }));
    const { generation } = tracked;
    const changes = tracked.addWindow(window(100, { closed: span(5, 90, 'split'), open: open(90, 100) }));
    expect(inShort(changes)).toEqual(['closed 0 max-length']);
    expect(tracked.generation).not.toBe(generation);
    expect(tracked.partialOf(open(90, 100), hypothesis)).toEqual({
      type: 'segment-partial',
      utteranceId: 0,
      segment: { id: 1, startMs: 90 * 32, endMs: 3_200, hypothesis },
    });
  });

  it('gives what closes while silence is put in the reason of the end that was asked for', () => {
    const tracked = tracker();
    tracked.addWindow(window(7, { open: open(5, 7) }));
    const changes = tracked.addWindow(window(20, { closed: span(5, 10) }), 'finalized');
    expect(inShort(changes)).toEqual([
      { type: 'speech-end', utteranceId: 0, endMs: 320, reason: 'finalized', segmentId: 0 },
      'closed 0 finalized',
    ]);
    expect(inShort(tracked.end(undefined, 28, 'finalized'))).toEqual(['forgotten']);
  });

  it('ends the utterance where what is left after a cut is too short to be speech', () => {
    const tracked = tracker();
    tracked.addWindow(window(7, { open: open(5, 7) }));
    tracked.addWindow(window(100, { closed: span(5, 99, 'split'), open: open(99, 100) }));
    const { generation } = tracked;
    expect(inShort(tracked.addWindow(window(120, { dropped: true })))).toEqual([
      'forgotten',
      { type: 'speech-end', utteranceId: 0, endMs: 120 * 32, reason: 'silence' },
    ]);
    expect(tracked.generation).not.toBe(generation);
  });

  it('forgets a click in silence, before or while an end is asked for, without an event', () => {
    const tracked = tracker();
    tracked.addWindow(window(6, { open: open(5, 6) }));
    expect(inShort(tracked.addWindow(window(30, { dropped: true })))).toEqual(['forgotten']);
    tracked.addWindow(window(31, { open: open(30, 31) }));
    const { generation } = tracked;
    expect(inShort(tracked.end(undefined, 40, 'finalized'))).toEqual(['forgotten']);
    expect(tracked.generation).not.toBe(generation);
  });

  it('clears an utterance without an event, and does not use its number again', () => {
    const tracked = tracker();
    tracked.addWindow(window(7, { open: open(5, 7) }));
    const { generation } = tracked;
    expect(inShort(tracked.clear())).toEqual(['forgotten']);
    expect(tracked.generation).not.toBe(generation);
    expect(tracked.isUtteranceOpen).toBe(false);
    const [started] = tracked.addWindow(window(50, { open: open(45, 50) }));
    expect(started).toMatchObject({ event: { type: 'speech-start', utteranceId: 1 } });
    const [ended, closed] = tracked.end(span(45, 60, 'flush'), 60, 'input-finished');
    expect(ended).toMatchObject({ event: { utteranceId: 1, segmentId: 0, reason: 'input-finished' } });
    expect(closed).toMatchObject({ segment: { id: 0 } });
  });

  it('uses up no number when it clears silence', () => {
    const tracked = tracker();
    tracked.clear();
    const [started] = tracked.addWindow(window(50, { open: open(45, 50) }));
    expect(started).toMatchObject({ event: { utteranceId: 0 } });
  });

  it('has no event for a partial where nothing is open, or no utterance was announced', () => {
    const tracked = tracker();
    expect(tracked.partialOf(open(5, 6), hypothesis)).toBeUndefined();
    tracked.addWindow(window(7, { open: open(5, 7) }));
    expect(tracked.partialOf(undefined, hypothesis)).toBeUndefined();
    expect(tracked.partialOf(open(5, 7), hypothesis)).toMatchObject({ segment: { id: 0 } });
  });
});

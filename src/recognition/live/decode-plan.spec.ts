import { describe, expect, it } from 'vitest';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import { windowSamples } from '../../speech-model/vad-window.js';
import { DecodePlan } from './decode-plan.js';
import type { InputPosition, PlanOptions } from './decode-plan.js';

const tailWindows = 15;
const intervalMs = 500;
const plan = (options: Partial<PlanOptions> = {}): DecodePlan =>
  new DecodePlan({ partials: true, minSpeechWindows: 2, tailWindows, ...options });

/** Speech since window 0, with silence at its end. */
const position = (windowCount: number, silentWindows = 0): InputPosition => {
  const end = windowCount - silentWindows;
  return {
    open: { start: 0, end, audioStart: 0, speechWindows: end },
    isUtteranceOpen: true,
    windowCount,
    detectedSamples: windowCount * windowSamples,
  };
};

const answer = (text: string, tokens: readonly number[] = [text.length]): Hypothesis => ({
  text,
  tokens,
  tokenBytes: tokens.map(() => new Uint8Array(0)),
  tokenLogProbs: tokens.map(() => 0),
  stopReason: 'end-of-text',
});

/** A partial from its beginning to its answer. */
const decodePartial = (planned: DecodePlan, windowCount: number, text: string): boolean => {
  planned.beginPartial(windowCount * windowSamples);
  planned.endPartial(answer(text));
  return planned.acceptPartial(answer(text));
};

describe('DecodePlan: partials', () => {
  it('are due from a third of a second of speech on, and then at the pace of all streams', () => {
    const planned = plan();
    expect(planned.isPartialDue(position(9), intervalMs, 0)).toBe(false);
    expect(planned.isPartialDue(position(10), intervalMs, 0)).toBe(true);
    decodePartial(planned, 10, 'one');
    expect(planned.isPartialDue(position(25), intervalMs, 0)).toBe(false);
    expect(planned.isPartialDue(position(26), intervalMs, 0)).toBe(true);
    expect(planned.isPartialDue(position(26), 2 * intervalMs, 0)).toBe(false);
  });

  it('come sooner while none has found a word', () => {
    const planned = plan();
    expect(decodePartial(planned, 10, '')).toBe(false);
    expect(planned.isPartialDue(position(14), intervalMs, 0)).toBe(false);
    expect(planned.isPartialDue(position(15), intervalMs, 0)).toBe(true);
  });

  it('are not due without an open segment, before the utterance is announced, or where nobody wants them', () => {
    const { open: _open, ...silence } = position(50);
    expect(plan().isPartialDue({ ...silence, open: undefined }, intervalMs, 0)).toBe(false);
    expect(plan().isPartialDue({ ...position(50), isUtteranceOpen: false }, intervalMs, 0)).toBe(false);
    expect(plan({ partials: false }).isPartialDue(position(50), intervalMs, 0)).toBe(false);
  });

  it('give way to a partial, a final or a decode ahead that is under way', () => {
    const planned = plan();
    planned.beginPartial(10 * windowSamples);
    expect(planned.isPartialDue(position(50), intervalMs, 0)).toBe(false);
    planned.endPartial(undefined);
    expect(planned.isPartialDue(position(50), intervalMs, 1)).toBe(false);
    planned.beginAhead(50);
    expect(planned.isPartialDue(position(50), intervalMs, 0)).toBe(false);
    planned.forgetAhead();
    expect(planned.isPartialDue(position(50), intervalMs, 0)).toBe(true);
  });

  it('stay under way when their segment is closed: the next segment has none until they are answered', () => {
    const planned = plan();
    planned.beginPartial(10 * windowSamples);
    planned.forgetSegment();
    expect(planned.isPartialDue(position(50), intervalMs, 0)).toBe(false);
    planned.endPartial(undefined);
    expect(planned.isPartialDue(position(50), intervalMs, 0)).toBe(true);
  });

  it('count the audio that a worker took, not the audio at which they were asked for', () => {
    const planned = plan();
    planned.beginPartial(10 * windowSamples);
    planned.takePartial(40 * windowSamples);
    planned.endPartial(answer('one'));
    planned.acceptPartial(answer('one'));
    expect(planned.isPartialDue(position(50), intervalMs, 0)).toBe(false);
    expect(planned.isPartialDue(position(56), intervalMs, 0)).toBe(true);
  });

  it('are worth an event where their text is new; each is the draft of the next decode', () => {
    const planned = plan();
    expect(planned.acceptPartial(answer('one', [1]))).toBe(true);
    expect(planned.acceptPartial(answer('one', [1, 2]))).toBe(false);
    expect(planned.draft).toEqual([1, 2]);
    expect(planned.acceptPartial(answer('', []))).toBe(false);
    expect(planned.acceptPartial(answer('two', [3]))).toBe(true);
    planned.forgetSegment();
    expect(planned.draft).toEqual([]);
    expect(planned.acceptPartial(answer('two', [3]))).toBe(true);
    expect(plan({ partials: false }).acceptPartial(answer('one'))).toBe(false);
  });
});

describe('DecodePlan: the final ahead of its end', () => {
  it('is due once, when silence has lasted as long as a final needs of it', () => {
    const planned = plan();
    expect(planned.isAheadDue(position(50, tailWindows - 1))).toBe(false);
    expect(planned.isAheadDue(position(51, tailWindows))).toBe(true);
    expect(planned.isAheadDue(position(52, tailWindows + 1))).toBe(false);
    expect(planned.isAheadDue({ ...position(51, tailWindows), isUtteranceOpen: false })).toBe(false);
    expect(planned.isAheadDue({ ...position(51, tailWindows), open: undefined })).toBe(false);
  });

  it('is begun also where nobody wants partials', () => {
    expect(plan({ partials: false }).isAheadDue(position(51, tailWindows))).toBe(true);
  });

  it('is the final where a worker has taken it and nobody has spoken since', () => {
    const planned = plan();
    expect(planned.isAheadFinal(36)).toBe(false);
    planned.beginAhead(36);
    expect(planned.isAheadFinal(36)).toBe(false);
    planned.takeAhead();
    expect(planned.isAheadFinal(36)).toBe(true);
    expect(planned.isAheadFinal(30)).toBe(false);
    planned.forgetSegment();
    expect(planned.isAheadFinal(36)).toBe(false);
  });

  it('is outdated once speech has gone on', () => {
    const planned = plan();
    expect(planned.isAheadOutdated(position(51, tailWindows))).toBe(false);
    planned.beginAhead(36);
    expect(planned.isAheadOutdated(position(52, tailWindows + 1))).toBe(false);
    expect(planned.isAheadOutdated(position(53))).toBe(true);
    planned.forgetAhead();
    expect(planned.isAheadOutdated(position(53))).toBe(false);
    planned.takeAhead();
    expect(planned.isAheadFinal(53)).toBe(false);
  });
});

describe('DecodePlan: words that no final has', () => {
  it('may have begun in any speech, as long as no partial has shown otherwise', () => {
    const planned = plan();
    expect(planned.mayHaveWords({ ...position(50), open: undefined })).toBe(false);
    expect(planned.mayHaveWords(position(1))).toBe(false);
    expect(planned.mayHaveWords(position(2))).toBe(true);
  });

  it('have not begun in a sound without words, for two seconds after each partial that says so', () => {
    const planned = plan();
    decodePartial(planned, 10, '');
    expect(planned.mayHaveWords(position(72))).toBe(false);
    expect(planned.mayHaveWords(position(73))).toBe(true);
    decodePartial(planned, 73, '');
    expect(planned.mayHaveWords(position(74))).toBe(false);
    decodePartial(planned, 80, 'one');
    expect(planned.mayHaveWords(position(80))).toBe(true);
  });

  it('are in doubt again in the next segment', () => {
    const planned = plan();
    decodePartial(planned, 10, '');
    planned.forgetSegment();
    expect(planned.mayHaveWords(position(11))).toBe(true);
  });
});

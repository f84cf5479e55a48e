import { describe, expect, it } from 'vitest';
import { confidence } from '../families/moonshine/capabilities.js';
import { languageEvidence } from '../families/whisper/capabilities.js';
import type { DecodePiece, InferenceRequest } from '../inference/inference-messages.js';
import type { Priority } from '../inference/scheduling/request-queue.js';
import { Scheduler } from '../inference/scheduling/scheduler.js';
import type { DecodingPool } from '../inference/scheduling/scheduler.js';
import type { Hypothesis, StopReason } from '../speech-model/hypothesis.js';
import { SegmentDecoder } from './segment-decoder.js';
import type { SegmentAudio } from './segment-decoder.js';

const answer = (text: string, stopReason: StopReason = 'end-of-text', logProb = -0.1): Hypothesis => ({
  text,
  tokens: text === '' ? [] : [text.length],
  tokenBytes: text === '' ? [] : [Buffer.from(text)],
  tokenLogProbs: text === '' ? [] : [logProb],
  stopReason,
});

/** A worker that answers each piece at once with the next of the given hypotheses. */
class AnsweringPool implements DecodingPool {
  onIdle: () => void = () => undefined;
  readonly size = 1;
  idleCount = 1;
  readonly pieces: DecodePiece[] = [];

  constructor(private readonly answers: Hypothesis[]) {}

  async run(body: InferenceRequest): ReturnType<DecodingPool['run']> {
    if (body.type !== 'decode') throw new Error('not asked for a decode');
    this.pieces.push(...body.pieces);
    await Promise.resolve();
    const pieces = body.pieces.map(() => this.answers.shift() ?? answer('too many'));
    return { answer: { type: 'decoded', pieces }, computeMs: 1, retried: false };
  }
}

const seconds = (count: number): Float32Array => new Float32Array(count * 16_000).fill(0.5);
const audioOf = (samples: Float32Array, more: Partial<SegmentAudio> = {}): SegmentAudio => ({
  samples,
  peakProbability: 1,
  ...more,
});

const decode = async (
  answers: Hypothesis[],
  audio: SegmentAudio,
  priority: Priority = 'final',
): Promise<{ readonly pool: AnsweringPool; readonly hypothesis: Hypothesis }> => {
  const pool = new AnsweringPool(answers);
  const options = { modelId: 'some', origin: undefined, confidence };
  const decoder = new SegmentDecoder(new Scheduler(pool, 10), options, {});
  const hypothesis = await decoder.decode(() => audio, priority, new AbortController().signal);
  return { pool, hypothesis };
};

const lengths = ({ pieces }: AnsweringPool): readonly number[] => pieces.map(({ samples }) => samples.length);

describe('SegmentDecoder', () => {
  it('decodes a segment once, with its draft and its context', async () => {
    const continues = { samples: seconds(9), prefix: [1, 2] };
    const audio = audioOf(seconds(3), { draft: [7], continues });
    const { pool, hypothesis } = await decode([answer('one')], audio);
    expect(hypothesis.text).toBe('one');
    expect(pool.pieces).toMatchObject([{ prefix: [1, 2], draft: [7], speechDetected: true }]);
    expect(lengths(pool)).toEqual([9 * 16_000]);
  });

  it('decodes a final again by itself where the decoder found no end with its context', async () => {
    const continues = { samples: seconds(9), prefix: [1, 2] };
    const answers = [answer('on and on', 'repetition'), answer('one')];
    const { pool, hypothesis } = await decode(answers, audioOf(seconds(3), { continues }));
    expect(hypothesis.text).toBe('one');
    expect(lengths(pool)).toEqual([9 * 16_000, 3 * 16_000]);
    expect(pool.pieces[1]?.prefix).toBeUndefined();
  });

  it('halves a final on which the decoder finds no end, and joins the texts', async () => {
    const answers = [answer('on and on', 'repetition'), answer('one'), answer('two')];
    const { pool, hypothesis } = await decode(answers, audioOf(seconds(8)));
    expect(hypothesis).toMatchObject({ text: 'one two', tokens: [3, 3], stopReason: 'end-of-text' });
    expect(hypothesis.tokenLogProbs).toEqual([-0.1, -0.1]);
    const [whole, first, second] = lengths(pool);
    expect(first! + second!).toBe(whole);
  });

  it.each([
    { first: 'eins', second: 'two', language: 'de' },
    { first: '', second: 'two', language: 'en' },
  ])('joins the tokens of halves: the language of "$first" and "$second" is $language', async (halves) => {
    const first = { ...answer(halves.first), language: 'de' };
    const second = { ...answer(halves.second), language: 'en' };
    const { hypothesis } = await decode(
      [answer('on and on', 'repetition'), first, second],
      audioOf(seconds(8)),
    );
    expect(hypothesis.language).toBe(halves.language);
    expect(hypothesis.tokenBytes).toEqual([...first.tokenBytes, ...second.tokenBytes]);
    expect(hypothesis.tokens).toHaveLength(hypothesis.tokenBytes.length);
  });

  it('halves each half again, down to a few seconds, and keeps what has no end then', async () => {
    const endless = (text: string): Hypothesis => answer(text, 'max-tokens');
    const answers = [endless('all'), endless('half'), endless('a'), answer('b'), answer('')];
    const pauseInTheMiddle = seconds(16).fill(0, 7.9 * 16_000, 8.1 * 16_000);
    const { pool, hypothesis } = await decode(answers, audioOf(pauseInTheMiddle));
    expect(hypothesis).toMatchObject({ text: 'a b', stopReason: 'max-tokens' });
    expect(pool.pieces).toHaveLength(5);
  });

  it('keeps the text of a short piece without an end, and of any partial', async () => {
    const endless = (): Hypothesis[] => [answer('on and on', 'repetition')];
    const short = await decode(endless(), audioOf(seconds(3)));
    const partial = await decode(endless(), audioOf(seconds(9)), 'partial');
    for (const { pool, hypothesis } of [short, partial]) {
      expect(hypothesis.text).toBe('on and on');
      expect(pool.pieces).toHaveLength(1);
    }
  });

  describe('with a model that leaves speech out', () => {
    const said = (text: string, tokens: number): Hypothesis => ({
      ...answer(text),
      tokens: new Array<number>(tokens).fill(5),
      tokenLogProbs: new Array<number>(tokens).fill(-0.1),
    });
    const omission = { tokensPerSecondBelow: 2, fromSeconds: 8 };
    const texts = async (answers: Hypothesis[], priority: Priority = 'final', length = 12) => {
      const pool = new AnsweringPool(answers);
      const options = { modelId: 'some', origin: undefined, confidence, omission };
      const decoder = new SegmentDecoder(new Scheduler(pool, 10), options, {});
      const pauseInTheMiddle = seconds(length).fill(
        0,
        (length / 2 - 0.1) * 16_000,
        (length / 2 + 0.1) * 16_000,
      );
      const audio = () => audioOf(pauseInTheMiddle);
      const { text } = await decoder.decode(audio, priority, new AbortController().signal);
      return { text, pieces: pool.pieces.length };
    };

    it('decodes halves of a final whose text is too short for its audio', async () => {
      const answers = [said('half', 12), said('one', 11), said('half', 12)];
      expect(await texts(answers)).toEqual({ text: 'one half', pieces: 3 });
    });

    it('keeps the text when the halves have no more', async () => {
      const answers = [said('all', 12), said('a', 6), said('ll', 7)];
      expect(await texts(answers)).toEqual({ text: 'all', pieces: 3 });
    });

    it('keeps the text when the decoder finds no end on a half', async () => {
      const answers = [said('all', 12), { ...said('a', 60), stopReason: 'max-tokens' as const }];
      expect(await texts(answers)).toEqual({ text: 'all', pieces: 2 });
    });

    it('decodes a text of usual length, a short piece and a partial once', async () => {
      expect(await texts([said('all', 24)])).toEqual({ text: 'all', pieces: 1 });
      expect(await texts([said('all', 2)], 'final', 7)).toEqual({ text: 'all', pieces: 1 });
      expect(await texts([said('all', 2)], 'partial')).toEqual({ text: 'all', pieces: 1 });
    });
  });

  it('decodes a trial once, however its text is', async () => {
    const pool = new AnsweringPool([answer('on and on', 'repetition'), answer('one')]);
    const options = { modelId: 'some', origin: undefined, confidence, instructions: { isTrial: true } };
    const decoder = new SegmentDecoder(new Scheduler(pool, 10), options, {});
    const audio = () => audioOf(seconds(9));
    const { text } = await decoder.decode(audio, 'recording', new AbortController().signal);
    expect(text).toBe('on and on');
    expect(pool.pieces).toMatchObject([{ isTrial: true }]);
  });

  it('drops a text without confidence, sooner where the detector was in doubt', async () => {
    const texts = async (logProb: number, peakProbability: number): Promise<string> => {
      const audio = audioOf(seconds(2), { peakProbability });
      return (await decode([answer('one', 'end-of-text', logProb)], audio)).hypothesis.text;
    };
    expect(await texts(-5, 1)).toBe('');
    expect(await texts(-3, 1)).toBe('one');
    expect(await texts(-3, 0.7)).toBe('');
    expect(await texts(-2, 0.7)).toBe('one');
  });

  it('takes the audio of live speech when a worker is free, and says how long that took', async () => {
    const pool = new AnsweringPool([answer('one')]);
    pool.idleCount = 0;
    const decoder = new SegmentDecoder(
      new Scheduler(pool, 10),
      { modelId: 'some', origin: undefined, confidence },
      {},
    );
    let taken = 0;
    const waits: number[] = [];
    const audio = (): SegmentAudio => {
      taken++;
      return audioOf(seconds(2));
    };
    const signal = new AbortController().signal;
    const decoding = decoder.decode(audio, 'partial', signal, (queueMs) => waits.push(queueMs));
    expect(taken).toBe(0);
    pool.idleCount = 1;
    pool.onIdle();
    expect((await decoding).text).toBe('one');
    expect(taken).toBe(1);
    expect(waits).toHaveLength(1);
  });

  it('decodes a final again that is in another language than the input', async () => {
    const inLanguage = (language: string, text: string): Hypothesis => ({
      ...answer(text),
      language,
      detected: { language, probability: 0.95 },
    });
    const pool = new AnsweringPool([inLanguage('es', 'uno'), inLanguage('it', 'due'), answer('dos')]);
    const decoder = new SegmentDecoder(
      new Scheduler(pool, 10),
      { modelId: 'some', origin: undefined, confidence, languageEvidence },
      {},
    );
    const { signal } = new AbortController();
    const audio = () => audioOf(seconds(3));
    // As those of a recording, both are decoded before one of them is considered.
    const both = [
      await decoder.decode(audio, 'recording', signal),
      await decoder.decode(audio, 'recording', signal),
    ];
    const held: string[] = [];
    for (const each of both) {
      held.push((await decoder.holdToLanguage(each, 2_500, audio, 'recording', signal)).text);
    }
    expect(held).toEqual(['uno', 'dos']);
    expect(pool.pieces.map(({ language }) => language)).toEqual([undefined, undefined, 'es']);
  });

  it('is cancelled by its signal while it waits', async () => {
    const pool = new AnsweringPool([]);
    pool.idleCount = 0;
    const decoder = new SegmentDecoder(
      new Scheduler(pool, 10),
      { modelId: 'some', origin: undefined, confidence },
      {},
    );
    const lifetime = new AbortController();
    const decoding = decoder.decode(() => audioOf(seconds(2)), 'final', lifetime.signal);
    lifetime.abort();
    await expect(decoding).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(pool.pieces).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { ScriptedDecode, ScriptedSource, span } from '../../../test/support/scripted-decodes.js';
import { PartialPace } from './partial-pace.js';
import { PrecedingSpeech } from './preceding-speech.js';
import { SegmentTranscriber } from './segment-transcriber.js';

const detected = { language: 'es', probability: 1 };
const answer = (text: string) => ({
  text,
  tokens: [1],
  tokenBytes: [new Uint8Array(0)],
  tokenLogProbs: [0],
  stopReason: 'end-of-text' as const,
  detected,
});

/** Lets all promises that are settled have their effect. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench() {
  const decodes: ScriptedDecode[] = [];
  const held: (readonly [text: string, speechMs: number, samples: readonly number[]])[] = [];
  const transcriber = new SegmentTranscriber({
    decoder: {
      decode: (...request) => {
        const decode = new ScriptedDecode(...request);
        decodes.push(decode);
        return decode.hypothesis;
      },
      holdToLanguage: (hypothesis, speechMs, audio) => {
        held.push([hypothesis.text, speechMs, [...audio().samples]]);
        return Promise.resolve(hypothesis.text === 'due' ? answer('dos') : hypothesis);
      },
    },
    source: new ScriptedSource(),
    pace: new PartialPace({ intervalMs: 500, maxIntervalMs: 5_000 }),
    generation: () => 0,
    preceding: new PrecedingSpeech(undefined),
    signal: new AbortController().signal,
    onFinal: () => undefined,
  });
  return {
    decodes,
    held,
    final: (start: number, end: number) => transcriber.decodeFinal(span(start, end), [], false),
  };
}

it('holds finals to the language of the input in the order of the segments', async () => {
  const { decodes, held, final } = bench();
  const finals = [final(5, 20), final(100, 120), final(200, 210)];
  await turn();
  decodes[2]!.answer(answer('tres'));
  decodes[1]!.answer(answer('due'));
  await turn();
  expect(held).toEqual([]);
  decodes[0]!.answer(answer('uno'));
  expect(await Promise.all(finals)).toMatchObject([{ text: 'uno' }, { text: 'dos' }, { text: 'tres' }]);
  expect(held).toEqual([
    ['uno', 15 * 32, [5, 20]],
    ['due', 20 * 32, [100, 120]],
    ['tres', 10 * 32, [200, 210]],
  ]);
});

it('waits for no other final if the model detects no language', async () => {
  const { decodes, held, final } = bench();
  const [, second] = [final(5, 20), final(100, 120)];
  await turn();
  const { detected: _, ...plain } = answer('two');
  decodes[1]!.answer(plain);
  expect(await second).toMatchObject({ text: 'two' });
  expect(held).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { silence } from './capabilities.js';
import { optionProblems, silenceOf, trials } from './options.js';

const facts = { id: 'a', version: 1, languages: ['en'], maxAudioSeconds: 30 };

describe('options of a Whisper', () => {
  it('are what suits whisper-base where a manifest has none', () => {
    expect(silenceOf(facts)).toEqual(silence);
    expect(silenceOf({ ...facts, options: {} })).toEqual(silence);
    expect(silenceOf({ ...facts, options: { silence: { marginSeconds: 2, stride: 1 } } })).toEqual({
      marginSeconds: 2,
      stride: 1,
    });
  });

  it('are right in every trial, and the last trial hears the whole window', () => {
    for (const { options } of trials) expect(optionProblems(options)).toEqual([]);
    expect(silenceOf({ ...facts, options: trials.at(-1)!.options }).stride).toBe(1);
  });

  const ranges = 'options.silence must have marginSeconds from 0 to 30 and a whole stride from 1 to 64';
  it.each([
    [{ silence: 'whole' }, [ranges]],
    [{ silence: null }, [ranges]],
    [{ silence: { marginSeconds: 31, stride: 8 } }, [ranges]],
    [{ silence: { marginSeconds: '1', stride: 8 } }, [ranges]],
    [{ silence: { marginSeconds: 1, stride: 0 } }, [ranges]],
    [{ silence: { marginSeconds: 1, stride: 1.5 } }, [ranges]],
    [{ silence: { marginSeconds: 1, stride: 8, more: 1 } }, [ranges]],
    [{ beams: 5 }, ['options.beams is none of silence']],
  ])('%j has a fault that is named', (options, problems) => {
    expect(optionProblems(options)).toEqual(problems);
  });
});

import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import type { ServedModel } from '../../recognition/recognition.types.js';
import { chooseModel } from './model-choice.js';

const english = new FakeRecognizer().models[0]!;
const many: ServedModel = {
  ...english,
  id: 'scripted-many',
  languages: ['en', 'es', 'ja'],
  capabilities: { ...english.capabilities, tasks: ['transcribe', 'translate'] },
};
const recognizer = Object.assign(new FakeRecognizer(), { models: [english, many] });

describe('chooseModel', () => {
  it.each([
    [undefined, [], 'scripted-en'],
    [undefined, ['en-GB'], 'scripted-en'],
    [undefined, ['es'], 'scripted-many'],
    [undefined, ['auto'], 'scripted-en'],
    ['default', ['Japanese'], 'scripted-many'],
    ['scripted-many', ['en'], 'scripted-many'],
  ])('of name %j and languages %j takes %s', (name, languages, id) => {
    expect(chooseModel(recognizer, { name, languages }).id).toBe(id);
  });

  it('takes the first model that can translate', () => {
    expect(chooseModel(recognizer, { name: undefined, languages: [], task: 'translate' }).id).toBe(
      'scripted-many',
    );
  });

  it('keeps to the model that a client names, and names one that can do what this one cannot', () => {
    const refused = (param: string) =>
      expect.objectContaining({
        code: 'UNSUPPORTED_FEATURE',
        param,
        message: expect.stringContaining('These do: scripted-many.') as string,
      }) as Error;
    expect(() => chooseModel(recognizer, { name: 'scripted-en', languages: ['es'] })).toThrow(
      refused('language'),
    );
    expect(() => chooseModel(recognizer, { name: 'scripted-en', languages: [], task: 'translate' })).toThrow(
      refused('model'),
    );
  });

  it('says when no model can', () => {
    expect(() => chooseModel(recognizer, { name: undefined, languages: ['de'] })).toThrow(
      'The model scripted-en does not transcribe this language here. It transcribes en. No model here does.',
    );
  });
});

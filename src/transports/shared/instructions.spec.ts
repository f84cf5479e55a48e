import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { instructionsFor } from './instructions.js';

const english = new FakeRecognizer().models[0]!;
const many = {
  ...english,
  languages: ['en', 'es'],
  capabilities: { ...english.capabilities, languages: ['en', 'es'], prompt: true },
};

describe('instructionsFor', () => {
  it('names a language only to a model that has several', () => {
    expect(instructionsFor(english, { languages: ['en-US'] })).toBeUndefined();
    expect(instructionsFor(many, { languages: ['es-MX'] })).toEqual({ language: 'es' });
  });

  it('leaves the choice to the model where the client names none, several, or any', () => {
    for (const languages of [[], ['auto'], ['en', 'spanish']]) {
      expect(instructionsFor(many, { languages })).toBeUndefined();
    }
  });

  it('names the languages among which the model chooses, if they are not all', () => {
    const three = { ...many, languages: ['en', 'es', 'fr'] };
    expect(instructionsFor(three, { languages: ['fr', 'en', 'de'] })).toEqual({ languages: ['en', 'fr'] });
    expect(instructionsFor(three, { languages: ['fr', 'en', 'es'] })).toBeUndefined();
  });

  it('notes that a client expects several languages in one input', () => {
    expect(instructionsFor(many, { languages: ['multi'] })).toEqual({ mixedLanguages: true });
    expect(instructionsFor(english, { languages: ['multi'] })).toBeUndefined();
  });

  it('refuses a language that the model does not know', () => {
    const refusal = { code: 'UNSUPPORTED_FEATURE', param: 'language' };
    for (const model of [english, many]) {
      expect(() => instructionsFor(model, { languages: ['de'] })).toThrow(expect.objectContaining(refusal));
    }
  });

  it('hands a prompt only to a model that accepts one', () => {
    const wishes = { languages: [], prompt: 'Elinor, Marianne' };
    expect(instructionsFor(many, wishes)).toEqual({ prompt: 'Elinor, Marianne' });
    expect(instructionsFor(english, wishes)).toBeUndefined();
    expect(instructionsFor(many, { languages: [], prompt: ' ' })).toBeUndefined();
    expect(instructionsFor(english, { languages: [], task: 'translate' })).toEqual({ task: 'translate' });
    expect(instructionsFor(english, { languages: [], task: 'transcribe' })).toBeUndefined();
  });
});

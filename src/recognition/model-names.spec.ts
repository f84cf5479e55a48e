import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../test/support/fake-recognizer.js';
import { aliasSetting, ModelNames, officialModelNames } from './model-names.js';

const { models } = new FakeRecognizer();
const names = (aliases: readonly (readonly [string, string])[] = []): ModelNames =>
  new ModelNames(models, new Map(aliases), ['scripted-en', 'scripted-large-en']);
const refusal = (name: string, aliases: readonly (readonly [string, string])[] = []): string => {
  try {
    names(aliases).resolve(name);
  } catch (error) {
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND', param: 'model' });
    return (error as Error).message;
  }
  throw new Error('it was found');
};

describe('the name of a model', () => {
  it.each([undefined, 'default', 'scripted-en', 'nova-3'])('may be %s', (name) => {
    expect(names([['nova-3', 'scripted-en']]).resolve(name).id).toBe('scripted-en');
  });

  it('that is known and not loaded comes with the setting that loads it', () => {
    expect(refusal('scripted-large-en')).toBe(
      'The model scripted-large-en is known but not loaded. This service has: default, scripted-en. The operator loads it with MODELS=scripted-en,scripted-large-en',
    );
  });

  it('that is one of OpenAI or Deepgram comes with the aliases of all of them', () => {
    const message = refusal('gpt-4o-transcribe', [['nova-3', 'scripted-en']]);
    expect(message).toContain(
      'There is no model named gpt-4o-transcribe. This service has: default, scripted-en, nova-3. ',
    );
    const line = /MODEL_ALIASES=\S+/.exec(message)?.[0] ?? '';
    expect(line).toMatch(/^MODEL_ALIASES=nova-3=scripted-en,whisper-1=scripted-en,/);
    for (const name of officialModelNames) expect(line.split(`${name}=scripted-en`)).toHaveLength(2);
  });

  it('that is unknown comes with the alias that would add it', () => {
    expect(refusal('my-model')).toBe(
      'There is no model named my-model. This service has: default, scripted-en. The operator adds the name with MODEL_ALIASES=my-model=scripted-en',
    );
  });

  it.each(['a b', 'a\r\nset-cookie: x', '<b>', 'é', 'a'.repeat(101), 'a=b,c'])(
    'is not repeated where it is not a plain name: %j',
    (name) => {
      expect(refusal(name)).toBe('There is no model of that name. This service has: default, scripted-en.');
    },
  );
});

it('is documented, in one line for all official names', () => {
  const line = aliasSetting(officialModelNames.map((name) => [name, 'moonshine-tiny-en']));
  expect(readFileSync('docs/api/rest.md', 'utf8')).toContain(`    ${line}\n`);
});

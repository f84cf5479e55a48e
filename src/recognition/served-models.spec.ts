import { describe, expect, it } from 'vitest';
import { SpeechError } from '../common/errors/speech-error.js';
import { Families } from '../families/families.js';
import { FolderModelRegistry } from '../model-registry/folder-model-registry.js';
import type { ModelRegistry } from '../model-registry/model-registry.js';
import { ServedModels } from './served-models.js';

const registry = await FolderModelRegistry.open('models', await Families.load());

/** The models of the repository; each verification fails, and is counted. */
function brokenRegistry(): ModelRegistry & { readonly verified: string[] } {
  const verified: string[] = [];
  const verify = async ({ id }: { readonly id: string }): Promise<void> => {
    verified.push(id);
    await Promise.resolve();
    throw new SpeechError('MODEL_INTEGRITY', 'Broken.');
  };
  return Object.assign(Object.create(registry) as ModelRegistry, { verified, verify });
}

describe('ServedModels', () => {
  it('has the models in the given order, with their capabilities', () => {
    const served = new ServedModels(registry, ['moonshine-base-en', 'moonshine-tiny-en'], 'rq');
    expect(served.speech.map(({ id }) => id)).toEqual(['moonshine-base-en', 'moonshine-tiny-en']);
    const [base] = served.speech;
    expect(served.capabilitiesOf('moonshine-base-en')).toBe(base!.capabilities);
    expect(base!.capabilities.languages).toEqual(['en']);
  });

  it('has only the languages that a deployment allows, and refuses one that no model has', () => {
    const [whisper] = new ServedModels(registry, ['whisper-base'], 'rq', ['es', 'en']).speech;
    expect(whisper!.languages).toEqual(['en', 'es']);
    expect(whisper!.capabilities).toMatchObject({
      languages: ['en', 'es'],
      tasks: ['transcribe', 'translate'],
    });
    expect(() => new ServedModels(registry, ['moonshine-tiny-en'], 'rq', ['es'])).toThrow(
      'LANGUAGES: no model of MODELS has the language es',
    );
  });

  it('lists the voice activity model among those in use, with the variant of each', () => {
    const { inUse } = new ServedModels(registry, ['moonshine-tiny-en'], 'rq');
    expect(inUse.map(({ manifest, variant }) => [manifest.id, variant])).toEqual([
      ['moonshine-tiny-en', 'rq'],
      ['silero-vad', 'float'],
    ]);
  });

  it.each(['silero-vad', 'unknown'])('refuses %s as a speech model', (id) => {
    expect(() => new ServedModels(registry, [id], 'rq')).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_FOUND' }) as Error,
    );
  });

  it('verifies files once for processes that start at the same time, and again for later ones', async () => {
    const broken = brokenRegistry();
    const served = new ServedModels(broken, ['moonshine-tiny-en'], 'rq');
    const both = await Promise.allSettled([served.findSpeech(), served.findSpeech()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(broken.verified).toEqual(['moonshine-tiny-en']);
    await expect(served.findSpeech()).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await expect(served.findVoiceActivity()).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    expect(broken.verified).toEqual(['moonshine-tiny-en', 'moonshine-tiny-en', 'silero-vad']);
  });
});

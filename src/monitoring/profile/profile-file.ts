import { readFile } from 'node:fs/promises';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Provenance } from '../../recognition/utterances/utterance-record.js';
import { countFeatures, numberFeatures } from '../features/features.js';
import type { ReferenceProfile } from './reference-profile.js';

/** The name of a profile next to model.json. */
export const profileFileName = 'drift-profile.json';

/**
 * Reads a profile, and checks what the comparison relies on.
 * @throws SpeechError INVALID_REQUEST that says what is wrong with the file; FILE_MISSING
 */
export async function readProfile(path: string): Promise<ReferenceProfile> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SpeechError('FILE_MISSING', `The drift profile ${path} cannot be read: ${cause.code}.`, {
      cause,
    });
  });
  const fault = (what: string): SpeechError =>
    new SpeechError(
      'INVALID_REQUEST',
      `The drift profile ${path} ${what}. Make it anew with npm run drift:profile.`,
    );
  let profile: ReferenceProfile;
  try {
    profile = JSON.parse(text) as ReferenceProfile;
  } catch {
    throw fault('is not JSON');
  }
  if (profile?.format !== 1) throw fault('has another format');
  if (typeof profile.model?.modelId !== 'string') throw fault('names no model');
  if (!(Number(profile.data?.clips) > 0)) throw fault('does not say of how many clips it is');
  if (!Array.isArray(profile.thresholds) || profile.thresholds.length === 0) throw fault('has no thresholds');
  for (const { name, bounds } of numberFeatures) {
    const reference = profile.numbers?.[name];
    if (reference === undefined || reference.buckets.length !== bounds.length + 1) {
      throw fault(`does not fit the feature ${name}`);
    }
  }
  for (const { name } of countFeatures) {
    if (profile.counts?.[name] === undefined) throw fault(`lacks the feature ${name}`);
  }
  return profile;
}

/** What differs between a profile and the model that is served, so that their features cannot be compared; empty: nothing. */
export function differences({ model }: ReferenceProfile, served: Provenance): readonly string[] {
  const keys = ['modelId', 'version', 'weightsHash', 'variant', 'vadVersion', 'normalizerVersion'] as const;
  return keys.filter((key) => model[key] !== served[key]);
}

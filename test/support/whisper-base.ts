import { join } from 'node:path';

/** A folder with the files of whisper-base: its manifest in models/ has their hashes. */
export const whisperBaseFolder = process.env['HEARKEN_WHISPER_BASE'];

/** For the titles of tests that need it. */
export const whisperBaseCondition =
  whisperBaseFolder === undefined ? ' (skipped: HEARKEN_WHISPER_BASE names no folder)' : '';

const names: Readonly<Record<string, string>> = {
  weights: 'model.bin',
  config: 'config.json',
  tokenizer: 'tokenizer.json',
};

/** Its files as a compiler takes them. */
export const whisperBaseFiles = {
  has: (role: string): boolean => role in names,
  path: (role: string): string => join(whisperBaseFolder ?? '', names[role]!),
  graph: (role: string) => Promise.reject(new Error(`${role} is not a graph`)),
};

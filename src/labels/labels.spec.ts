import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConventionName } from '../transcripts/convention/convention.js';
import { checkAudio, checkRow } from './check-labels.js';
import type { CheckedRow, LabelFinding } from './check-labels.js';
import { fixLabels } from './fix-labels.js';
import { labelEffect } from './label-effect.js';
import { audioHashes, readLabelManifest } from './label-manifest.js';
import { rulesFor } from './label-rules.js';

/** Nothing in it breaks the clean convention. */
const cleanTexts: readonly string[] = [
  'The weather is fine.',
  'The neighbor came at 22.',
  'In 1984 nobody realized that.',
  'She has 3.5 liters, and one of them is full.',
  'What is the color of NASA?',
  "I don't know; it's a well-known man.",
  'The first of 12 ice-cream cones!',
  'Call the US office, please.',
  'He is ill-disposed, and he knows it.',
  '"Yes," he said.',
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labels-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Planted {
  readonly text: string;
  /** What the recording has; its own by default. */
  readonly audio?: string;
}

async function manifestOf(rows: readonly Planted[], name = 'list.jsonl'): Promise<string> {
  const lines = rows.map(async ({ text, audio }, index) => {
    await writeFile(join(folder, `${index}.wav`), audio ?? `recording ${index}`);
    return JSON.stringify({ file: `${index}.wav`, text, speaker: 'a' });
  });
  const path = join(folder, name);
  await writeFile(path, (await Promise.all(lines)).join('\n'));
  return path;
}

async function check(
  path: string,
  convention?: ConventionName,
): Promise<{ rows: CheckedRow[]; findings: LabelFinding[]; hashes: (string | undefined)[] }> {
  const given = await readLabelManifest(path);
  const hashes = await audioHashes(given);
  const rules = rulesFor(given, convention);
  const rows = given.map((row) => checkRow(row, rules));
  return { rows, hashes, findings: [...rows.flatMap((row) => row.findings), ...checkAudio(rows, hashes)] };
}

const clean: readonly Planted[] = cleanTexts.map((text) => ({ text }));

describe('checkRow', () => {
  it('finds nothing in a clean manifest', async () => {
    expect((await check(await manifestOf(clean))).findings).toEqual([]);
    expect((await check(await manifestOf(clean), 'clean')).findings).toEqual([]);
  });

  const planted: readonly (readonly [rule: string, text: string, reason: string])[] = [
    ['fillers', 'Um... the weather is cold.', 'has "Um... the", which is "The" in the clean convention'],
    ['fillers', 'It was, uh, good.', 'has "was, uh,", which is "was" in the clean convention'],
    ['numbers', 'Forty two came.', 'has "Forty two", which is "42" in the clean convention'],
    ['spelling', 'Our neighbour came.', 'has "neighbour", which is "neighbor" in the clean convention'],
    ['letters', 'Call N. A. S. A. now.', 'has "N. A. S. A.", which is "NASA" in the clean convention'],
    ['punctuation', 'He came', 'has "came", which is "came." in the clean convention'],
    ['punctuation', 'He came… later.', 'has "came…", which is "came," in the clean convention'],
    ['case', 'he came.', 'has "he", which is "He" in the clean convention'],
    ['case', 'HE CAME LATE.', 'has "HE CAME LATE.", which is "He came late." in the clean convention'],
    ['dashes', 'He came - late.', 'has "came -", which is "came," in the clean convention'],
    ['hyphens', 'Ice cream is cold.', 'has "Ice cream", which is "Ice-cream" in the clean convention'],
    ['spaces', 'He  came.', 'has spaces around it, or several in a row'],
  ];

  it('finds every kind that is planted, in its line, and nothing else', async () => {
    const more: readonly Planted[] = [
      { text: 'I know.', audio: 'recording 0' },
      { text: 'The weather is fine.', audio: 'recording 0' },
    ];
    const all = [...clean, ...planted.map(([, text]) => ({ text })), ...more];
    const { findings } = await check(await manifestOf(all));
    const first = clean.length + 1;
    expect(findings.filter(({ rule }) => rule !== 'duplicates')).toEqual(
      planted.map(([rule, , reason], index) => ({ line: first + index, rule, reason })),
    );
    const duplicates = findings.filter(({ rule }) => rule === 'duplicates').map(({ line }) => line);
    expect(duplicates).toEqual([1, first + planted.length, first + planted.length + 1]);
  });

  it('holds rows to the convention that is asked for', async () => {
    const { findings } = await check(await manifestOf(clean), 'verbatim');
    expect([...new Set(findings.map(({ rule }) => rule))]).toEqual(['numbers']);
  });

  it('takes the habits of most rows: words for numbers, small letters without punctuation', async () => {
    const texts = [
      'twenty two came',
      'um, the weather',
      'in nineteen eighty four',
      'he came',
      'she left 3 men',
    ];
    const { findings } = await check(await manifestOf(texts.map((text) => ({ text }))));
    expect(findings.map(({ line, rule }) => [line, rule])).toEqual([
      [2, 'punctuation'],
      [5, 'numbers'],
    ]);
  });

  it('reports a recording that is not there', async () => {
    const path = await manifestOf(clean);
    await rm(join(folder, '3.wav'));
    expect((await check(path)).findings).toMatchObject([{ line: 4, rule: 'audio' }]);
  });
});

describe('fixLabels', () => {
  it('writes a copy in which nothing is found, with the other fields and with paths that exist', async () => {
    const all: readonly Planted[] = [
      ...clean,
      { text: 'Um, forty two NEIGHBOURS came - late' },
      { text: 'i know' },
      { text: 'Ice cream.' },
      { text: 'The weather is mine.', audio: 'recording 0' },
      { text: 'The weather is fine.', audio: 'recording 0' },
      { text: 'One text.', audio: 'twice' },
      { text: 'Another text.', audio: 'twice' },
    ];
    const { rows, hashes } = await check(await manifestOf(all), 'clean');
    await mkdir(join(folder, 'copies'));
    const fixed = fixLabels(rows, hashes, join(folder, 'copies'));
    const copy = join(folder, 'copies', 'fixed.jsonl');
    await writeFile(copy, fixed.rows.map(({ fields }) => `${JSON.stringify(fields)}\n`).join(''));
    expect((await check(copy, 'clean')).findings).toEqual([]);
    expect(fixed.undecided).toEqual([16, 17]);
    expect(fixed.changed).toBe(4);
    const texts = fixed.rows.map(({ text }) => text);
    expect(texts.slice(10)).toEqual([
      '42 NEIGHBORS came, late.',
      'I know.',
      'Ice-cream.',
      'The weather is fine.',
      'The weather is fine.',
    ]);
    expect(fixed.rows[0]!.fields).toEqual({ file: '../0.wav', text: cleanTexts[0], speaker: 'a' });
  });

  it('refuses a manifest that cannot be read, and names all lines', async () => {
    const path = join(folder, 'wrong.jsonl');
    await writeFile(path, '{"file": "a.wav"}\nfile,text\n{"text": "x"}\n{"file": "a.wav", "text": 1}\n');
    const failure = readLabelManifest(path);
    await expect(failure).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(failure).rejects.toThrow(/:2 is not a line.*\n.*:3 names no.*\n.*:4 "text"/);
    expect(await readFile(path, 'utf8')).toContain('file,text');
  });
});

describe('labelEffect', () => {
  it('says what labels alone change about the word error rate', () => {
    const rows = [
      { text: 'um the weather', fixedText: 'the weather', hypothesis: 'The weather.', language: 'en' },
      { text: 'twenty two men', fixedText: '22 men', hypothesis: 'Twenty two men.', language: 'en' },
    ];
    const { convention } = rulesFor([], 'clean');
    expect(labelEffect(rows, convention)).toEqual({
      clips: 2,
      before: 1 / 6,
      after: 2 / 4,
      bothInConvention: 0,
    });
  });
});

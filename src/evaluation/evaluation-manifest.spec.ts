import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvaluationManifest, repeatedClips } from './evaluation-manifest.js';
import type { EvaluationClip } from './evaluation-manifest.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(...lines: readonly unknown[]): Promise<EvaluationClip[]> {
  const path = join(folder, 'list.jsonl');
  await writeFile(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return readEvaluationManifest(path);
}

describe('readEvaluationManifest', () => {
  it('reads clips by the names that data sets have for them', async () => {
    const clips = await read(
      { file: 'a.wav', text: 'one', source_set: 'x', id: 'first' },
      { audio_filepath: 'b.wav', text: '', duration: 1.5 },
      { path: 'sub/c.wav', sentence: 'three' },
      '',
      { audio: '/abs/d.wav', transcript: 'four' },
    );
    expect(clips).toEqual([
      { id: 'first', path: join(folder, 'a.wav'), text: 'one', sourceSet: 'x', tags: { source_set: 'x' } },
      {
        id: 'b.wav',
        path: join(folder, 'b.wav'),
        text: '',
        sourceSet: 'all clips',
        tags: { duration: '1.5' },
      },
      { id: 'sub/c.wav', path: join(folder, 'sub/c.wav'), text: 'three', sourceSet: 'all clips' },
      { id: '/abs/d.wav', path: '/abs/d.wav', text: 'four', sourceSet: 'all clips' },
    ]);
  });

  it('reads a table of Common Voice, whose recordings are in a folder beside it', async () => {
    await mkdir(join(folder, 'clips'), { recursive: true });
    await writeFile(join(folder, 'clips', 'a.mp3'), '');
    const table = 'client_id\tpath\tsentence\tgender\nc1\ta.mp3\tOne "two".\tfemale\n';
    await writeFile(join(folder, 'test.tsv'), table);
    expect(await readEvaluationManifest(join(folder, 'test.tsv'))).toEqual([
      {
        id: 'a.mp3',
        path: join(folder, 'clips', 'a.mp3'),
        text: 'One "two".',
        sourceSet: 'all clips',
        tags: { client_id: 'c1', gender: 'female' },
      },
    ]);
  });

  it('reads CSV with quotes, and names the line of a fault', async () => {
    const path = join(folder, 'list.csv');
    await writeFile(path, 'file,text\r\na.wav,"one, ""two""\nthree"\r\nb.wav,four\r\n');
    expect((await readEvaluationManifest(path)).map(({ text }) => text)).toEqual([
      'one, "two"\nthree',
      'four',
    ]);
    await writeFile(path, 'file,words\na.wav,one\n');
    await expect(readEvaluationManifest(path)).rejects.toThrow(/list\.csv:2 has no "text"/);
  });

  it('reads a folder of LibriSpeech', async () => {
    const chapter = join(folder, 'libri', '61', '70968');
    await mkdir(chapter, { recursive: true });
    await writeFile(join(chapter, '61-70968-0000.flac'), '');
    await writeFile(join(chapter, '61-70968.trans.txt'), '61-70968-0000 HE BEGAN A COMPLAINT\n');
    expect(await readEvaluationManifest(join(folder, 'libri'))).toEqual([
      {
        id: '61-70968-0000',
        path: join(chapter, '61-70968-0000.flac'),
        text: 'HE BEGAN A COMPLAINT',
        sourceSet: 'all clips',
        tags: { speaker: '61', chapter: '70968' },
      },
    ]);
  });

  it('reads tags of the row and of an object in it', async () => {
    const [clip] = await read({ file: 'a.wav', text: 'x', snr: 20, tags: { gender: 'F', accent: null } });
    expect(clip!.tags).toEqual({ snr: '20', gender: 'F' });
  });

  it('reads the language of a clip where there is one', async () => {
    const clips = await read(
      { file: 'a.wav', text: 'uno', language: 'es_MX' },
      { file: 'b.wav', text: 'due', lang: 'it' },
      { file: 'c.wav', text: 'three', locale: '' },
    );
    expect(clips.map(({ language }) => language)).toEqual(['es-MX', 'it', undefined]);
  });

  it('reports what is wrong with each line', async () => {
    const failure = read(
      { file: 'a.wav' },
      { text: 'x' },
      { file: 'a.wav', text: 12 },
      { file: '', text: 'x' },
      'file,text',
      '[1]',
      { audio_path: 3, text: '' },
    );
    await expect(failure).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    const { message } = (await failure.catch(
      (error: Error) => error as Error & { message: string },
    )) as Error;
    const lines = message.split('\n').map((line) => line.replace(/^.*list\.jsonl:/, ''));
    expect(lines).toEqual([
      expect.stringMatching(/^1 has no "text" \(also taken: sentence, transcript/),
      expect.stringMatching(/^2 has no "file" \(also taken: audio, audio_filepath/),
      '3 "text" must be a text in quotes',
      '4 "file" must be the path of a recording',
      expect.stringMatching(/^5 is not a line of JSON/),
      expect.stringMatching(/^6 is not an object/),
      '7 "audio_path" must be the path of a recording',
    ]);
  });

  it('shows the first of many faults and counts the rest', async () => {
    const failure = read(...Array<unknown>(50).fill({}));
    await expect(failure).rejects.toThrow(/and 80 more$/);
  });
});

describe('repeatedClips', () => {
  it('finds clips whose file an earlier clip has', async () => {
    const clips = await read(
      { file: 'a.wav', text: 'x' },
      { file: './a.wav', text: 'y' },
      { file: 'b.wav', text: '' },
    );
    expect(repeatedClips(clips).map(({ text }) => text)).toEqual(['y']);
  });
});

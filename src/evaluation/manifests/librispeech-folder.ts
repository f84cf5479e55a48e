import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { TableRow } from './table-rows.js';

/**
 * The clips of a folder of LibriSpeech: `*.trans.txt` has a line for each, its name and its text, and the recordings lie
 * beside it. Speaker and chapter become tags.
 */
export async function librispeechRows(folder: string): Promise<TableRow[]> {
  const files = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.trans.txt'))
    .sort();
  const rows: TableRow[] = [];
  for (const file of files) {
    const beside = dirname(join(folder, file));
    const recordings = new Map(
      (await readdir(beside)).map((name) => [name.replace(/\.\w+$/, ''), name] as const),
    );
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n');
    for (const [index, text] of lines.entries()) {
      const [name = '', ...words] = text.trim().split(' ');
      if (name === '') continue;
      const [speaker = '', chapter = ''] = basename(file).split('-');
      rows.push({
        line: index + 1,
        fields: {
          id: name,
          file: join(relative(folder, beside), recordings.get(name) ?? `${name}.flac`),
          text: words.join(' '),
          speaker,
          chapter: chapter.replace('.trans.txt', ''),
        },
      });
    }
  }
  return rows;
}

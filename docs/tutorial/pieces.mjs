// node docs/tutorial/pieces.mjs FOLDER: cuts the recordings of test/fixtures into pieces of a second and a half, with a manifest.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const [headerBytes, bytesPerSecond] = [44, 32_000];
const [pieceSeconds, stepSeconds] = [1.5, 0.1];

mkdirSync(folder, { recursive: true });
const rows = [];
for (const name of readdirSync('test/fixtures').filter((file) => file.endsWith('.wav'))) {
  const bytes = readFileSync(join('test/fixtures', name));
  const pcm = bytes.subarray(headerBytes);
  for (let at = 0; at + pieceSeconds * bytesPerSecond <= pcm.length; at += stepSeconds * bytesPerSecond) {
    const piece = pcm.subarray(at, at + pieceSeconds * bytesPerSecond);
    const header = Buffer.from(bytes.subarray(0, headerBytes));
    header.writeUInt32LE(36 + piece.length, 4);
    header.writeUInt32LE(piece.length, 40);
    const file = `${name.slice(0, -4)}-${String(at / bytesPerSecond).padStart(4, '0')}.wav`;
    writeFileSync(join(folder, file), Buffer.concat([header, piece]));
    rows.push(JSON.stringify({ file, text: '' }));
  }
}
writeFileSync(join(folder, 'manifest.jsonl'), `${rows.join('\n')}\n`);
console.log(`${rows.length} pieces`);

// node docs/tutorial/say.mjs FOLDER [--softer DB] [--times N]: sends the recordings of a folder, each as another client.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { softer: { type: 'string', default: '0' }, times: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const url = process.env.HEARKEN_URL ?? 'http://127.0.0.1:8080';
const headerBytes = 44;
const factor = 10 ** (-Number(values.softer) / 20);
const [folder] = positionals;
const files = readdirSync(folder).filter((file) => file.endsWith('.wav'));
const queue = Array.from({ length: Number(values.times) }, () => files).flat();

/** Samples of 16 bits, softer. */
function softer(bytes) {
  for (let at = headerBytes; at + 1 < bytes.length; at += 2)
    bytes.writeInt16LE(Math.round(bytes.readInt16LE(at) * factor), at);
  return bytes;
}

let said = 0;
const answeredBy = new Map();
async function client() {
  while (said < queue.length) {
    const number = said++;
    const form = new FormData();
    form.append('file', new Blob([softer(readFileSync(join(folder, queue[number])))]), 'a.wav');
    const headers = { 'x-client-id': `client ${Date.now()} ${number}`, 'x-capture-consent': 'yes' };
    const answer = await fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form, headers });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    const model = answer.headers.get('hearken-model');
    answeredBy.set(model, (answeredBy.get(model) ?? 0) + 1);
  }
}
await Promise.all(Array.from({ length: 4 }, client));
for (const [model, count] of answeredBy) console.log(`${count} answers of ${model}`);

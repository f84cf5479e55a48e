import { codecFile } from '../../support/codec-files.js';
import { Chance } from '../chance.js';
import { audioInput, filesOf } from '../files/audio-input.js';
import { changeFile } from '../files/change-file.js';
import type { FilePart } from '../files/file-part.js';
import type { FuzzInput } from '../fuzz-target.js';
import type { RemoteEnding } from './hostile-server.js';
import { spoilText } from './nasty-texts.js';
import { divided } from './request-input.js';
import { chunkParts, textPart } from './request-parts.js';

/** What a URL leads to; the pieces are what the server behind it sends. */
export type RemoteInput = FuzzInput & {
  readonly options: {
    /** With SELF for the address of the server and the path. */
    readonly url: string;
    readonly ending: RemoteEnding;
  };
};

const clip = codecFile('.wav').slice(0, 44 + 32_000);

const urls = [
  'SELF?signature=a%2Fb#part',
  'SELF/../x',
  'https://inside/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'http://localhost/',
  'https://user@localhost/',
  'https://unknown/',
  'file:///etc/passwd',
  'data:audio/wav;base64,AAAA',
] as const;

const locations = [
  'SELF',
  '/',
  '//localhost/',
  'https://inside/',
  'http://localhost/',
  'https://[::1]/',
  '',
  '?',
];

function answerParts(chance: Chance, body: Uint8Array): FilePart[] {
  const isChunked = chance.happens(0.2);
  const status = chance.from([
    '200 OK',
    '200 OK',
    '200 OK',
    '302 Found',
    '307 Temporary',
    '206 Partial',
    '404 Not',
  ]);
  const headers = [
    'content-type: audio/wav',
    isChunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`,
    ...(status.startsWith('30') ? [`location: ${chance.from(locations)}`] : []),
    ...(chance.happens(0.1) ? ['content-encoding: gzip'] : []),
    ...(chance.happens(0.1) ? ['HTTP/1.1 100 Continue'] : []),
  ];
  return [
    textPart('status', `HTTP/1.1 ${status}\r\n`),
    ...headers.map((header) => textPart('header', `${header}\r\n`)),
    textPart('end of head', '\r\n'),
    ...(isChunked ? chunkParts(body, 3_000) : [{ name: 'body', bytes: body, fields: [] }]),
  ];
}

/** A URL, and an answer of the server behind it that is nearly valid. */
export function remoteInput(seed: number): RemoteInput {
  const chance = new Chance(seed);
  const about: string[] = [];
  const isChanged = chance.happens(0.4);
  const audio = audioInput(chance.newSeed(), filesOf('samples', 'codec'));
  if (isChanged) about.push(audio.about);
  let parts = answerParts(chance, isChanged ? audio.pieces[0]!.slice(0, 300_000) : clip);
  if (chance.happens(0.6)) {
    for (let left = chance.below(3); left > 0; left--) about.push(spoilText(parts, chance));
    const changed = changeFile(parts, parts, chance);
    parts = [...changed.parts];
    about.push(changed.about);
  }
  let url: string = 'SELF';
  if (chance.happens(0.15)) {
    const given = [textPart('url', chance.from(urls))];
    if (chance.happens(0.5)) spoilText(given, chance);
    url = Buffer.from(given[0]!.bytes).toString('latin1');
  }
  const bytes = new Uint8Array(Buffer.concat(parts.map((part) => part.bytes)));
  const ending = chance.from(['end', 'end', 'end', 'end', 'reset', 'hold', 'endless'] as const);
  about.push(ending);
  return { about: about.join('; '), options: { url, ending }, pieces: divided(bytes, chance) };
}

import { codecFile } from '../../support/codec-files.js';
import { seedFiles } from '../files/seed-files.js';
import { handshakeHeaders } from '../../support/raw-connection.js';
import { bytesOf } from '../../support/wav-writer.js';
import { chunkParts, formParts, formType, requestParts } from './request-parts.js';
import type { FormPart } from './request-parts.js';
import type { SeedRequest } from './request-parts.js';

/** One second of speech. */
const clip = codecFile('.wav').slice(0, 44 + 32_000);
const small = seedFiles[0]!.bytes;

const fields: readonly FormPart[] = [
  { name: 'model', value: 'moonshine-tiny-en' },
  { name: 'language', value: 'en' },
  { name: 'prompt', value: 'Dashwood' },
  { name: 'temperature', value: '0.2' },
  { name: 'response_format', value: 'verbose_json' },
  { name: 'timestamp_granularities[]', value: 'segment' },
  { name: 'timestamp_granularities[]', value: 'word' },
  { name: 'include[]', value: 'logprobs' },
  { name: 'stream', value: 'false' },
  { name: 'chunking_strategy', value: '{"type":"server_vad","prefix_padding_ms":300}' },
];
const file: FormPart = { name: 'file', value: small, filename: 'speech.wav' };

function form(name: string, path: string, parts: readonly FormPart[]): SeedRequest {
  const headers = [['content-type', formType]] as const;
  return { name, parts: requestParts({ method: 'POST', path, headers, body: formParts(parts) }) };
}

function get(path: string, method = 'GET'): SeedRequest {
  const headers = [
    ['accept', '*/*'],
    ['authorization', 'Bearer a-key'],
    ['x-request-id', 'an-id-12'],
  ] as const;
  return { name: `${method} ${path}`, parts: requestParts({ method, path, headers }) };
}

const query = [
  ['model', 'moonshine-tiny-en'],
  ['language', 'en'],
  ['utterances', 'true'],
  ['smart_format', 'true'],
  ['multichannel', 'false'],
  ['detect_language', 'false'],
] as const;
const raw = [
  ['encoding', 'linear16'],
  ['sample_rate', '16000'],
  ['channels', '1'],
] as const;
const body = (bytes: Uint8Array) => [{ name: 'body', bytes, fields: [] }];
const octets = [['content-type', 'application/octet-stream']] as const;
const listen = { method: 'POST', path: '/v1/listen', headers: octets };

/** Valid requests that changed ones are made of: forms most of all. */
export const seedRequests: readonly SeedRequest[] = [
  form('form', '/v1/audio/transcriptions', [file, ...fields]),
  form('form with its file last', '/v1/audio/transcriptions', [...fields, file]),
  form('form with a text for a file', '/v1/audio/transcriptions', [
    { name: 'file', value: 'abc' },
    ...fields,
  ]),
  form('streamed form', '/v1/audio/transcriptions', [{ name: 'stream', value: 'true' }, file]),
  form('form of codecs', '/v1/audio/transcriptions', [
    { name: 'file', value: seedFiles.at(-5)!.bytes, filename: 'a.ogg' },
  ]),
  { name: 'WAV', parts: requestParts({ ...listen, query, body: body(clip) }) },
  {
    name: 'raw samples',
    parts: requestParts({ ...listen, query: [...query, ...raw], body: body(clip.slice(44, 8_044)) }),
  },
  {
    name: 'chunks',
    parts: requestParts({
      ...listen,
      query,
      headers: [...octets, ['transfer-encoding', 'chunked']],
    }).concat(chunkParts(small, 3_000)),
  },
  {
    name: 'JSON',
    parts: requestParts({
      ...listen,
      query,
      headers: [['content-type', 'application/json']],
      body: body(bytesOf(Buffer.from('{"url":"https://example.com/a.wav"}'))),
    }),
  },
  {
    name: 'expectation',
    parts: requestParts({ ...listen, headers: [...octets, ['expect', '100-continue']], body: body(small) }),
  },
  {
    name: 'handshake',
    parts: requestParts({
      method: 'GET',
      path: '/v1/listen',
      query: raw,
      headers: Object.entries(handshakeHeaders).map(([name, value]) => [name, String(value)] as const),
    }),
  },
  {
    name: 'page of another origin',
    parts: requestParts({ method: 'GET', path: '/v1/models', headers: [['origin', 'https://example.com']] }),
  },
  get('/v1/models'),
  get('/v1/models/moonshine-tiny-en'),
  get('/v1/models/default'),
  get('/v1/models/default', 'HEAD'),
  get('/v1/listen'),
  get('/health/ready'),
  get('/metrics'),
  get('/'),
  get('/docs'),
  get('/docs-json'),
  get('/asyncapi.yaml'),
  get('/v1/audio/transcriptions', 'OPTIONS'),
  get('/v1/models', 'DELETE'),
];

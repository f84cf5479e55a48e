import { post, postAndAbort, postForms } from './soak-uploads.mjs';
import { converse, drop, listenTo, listenToFile } from './soak-streams.mjs';

const normalClose = 1000;
const longestStayMs = 80;

/**
 * What clients do, and how often.
 * @typedef {object} Kind
 * @property {string} name
 * @property {number} weight
 * @property {(service: { url: string, agent: import('node:http').Agent }, audio: import('./soak-audio.mjs').SoakAudio,
 *   random: () => number) => Promise<unknown>} act
 * @property {(result: unknown) => boolean} [isExpected] without it, the client does not await an answer
 */

/** @type {readonly Kind[]} */
export const kinds = [
  {
    name: 'upload of WAV',
    weight: 30,
    act: (service, audio, random) => post(service, formFor(random), audio.wav()),
    isExpected: (status) => status === 200,
  },
  {
    name: 'upload of FLAC, MP3, Ogg with FLAC, Opus or Vorbis',
    weight: 20,
    act: (service, audio, random) => post(service, formFor(random), audio.compressed()),
    isExpected: (status) => status === 200,
  },
  {
    name: 'upload of garbage',
    weight: 10,
    act: (service, audio, random) => post(service, formFor(random), audio.garbage()),
    isExpected: (status) => status === 400 || status === 415,
  },
  {
    name: 'upload that is aborted',
    weight: 10,
    act: (service, audio, random) =>
      postAndAbort(service, formFor(random), audio.wav(), {
        share: random() < 0.5 ? random() : 1,
        afterMs: longestStayMs * random(),
      }),
  },
  {
    name: 'stream to /v1/listen',
    weight: 10,
    act: (service, audio) => listenTo(service, audio.speech()),
    isExpected: (code) => code === normalClose,
  },
  {
    name: 'compressed stream to /v1/listen',
    weight: 5,
    act: (service, audio) => listenToFile(service, audio.compressed()),
    isExpected: (code) => code === normalClose,
  },
  {
    name: 'stream to /v1/realtime',
    weight: 7,
    act: (service, audio) => converse(service, audio.speech()),
    isExpected: (code) => code === normalClose,
  },
  {
    name: 'stream that drops',
    weight: 8,
    act: (service, audio, random) =>
      drop(service, random() < 0.5 ? 'listen' : 'realtime', audio.speech(), longestStayMs * random()),
  },
];

const allWeights = kinds.reduce((sum, { weight }) => sum + weight, 0);

/** @returns {Kind} the next one, by chance */
export function nextKind(random) {
  let left = random() * allWeights;
  return kinds.find(({ weight }) => (left -= weight) < 0) ?? kinds[0];
}

function formFor(random) {
  return postForms[Math.floor(random() * postForms.length)];
}

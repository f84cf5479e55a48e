import { Chance } from '../chance.js';
import { changeFile } from '../files/change-file.js';
import type { FuzzInput } from '../fuzz-target.js';
import { recordChanges } from './changed-records.js';
import type { ChangedRecord } from './changed-records.js';
import { divided, requestInput } from './request-input.js';
import { requestParts } from './request-parts.js';
import { helloParts, largestRecordBytes, oddRecord, recordsOf, withRightLengths } from './tls-hello.js';

/** How the client's side ends after its last byte. */
export type TlsEnding =
  /** After the answer, or some silence. */
  | 'quiet'
  | 'half-close'
  | 'reset'
  /** The service has to end it, when the time of the handshake is over. */
  | 'never';

export interface TlsOptions extends Record<string, unknown>, ChangedRecord {
  /** Bytes as they are, or a session of a real client whose records are changed, with the pieces as its request. */
  readonly kind: 'bytes' | 'session';
  readonly ending: TlsEnding;
  /** Connections that get the same bytes at once. */
  readonly connections: number;
  readonly pauseMs: number;
  readonly version: 'TLSv1.2' | 'TLSv1.3';
  readonly renegotiations: number;
}

export type TlsInput = FuzzInput & { readonly options: TlsOptions };

const plain: TlsOptions = {
  kind: 'bytes',
  ending: 'quiet',
  connections: 1,
  pauseMs: 0,
  version: 'TLSv1.3',
  renegotiations: 0,
  recordAt: 0,
  change: 'as it is',
  changeSeed: 0,
};

/** A ClientHello in records, changed in its structure, and records that have no place there. */
function helloInput(chance: Chance, changed = true): { about: string; bytes: Uint8Array } {
  const about: string[] = [];
  let parts = helloParts(chance);
  if (changed && chance.happens(0.8)) {
    const change = changeFile(parts, helloParts(chance), chance);
    about.push(change.about);
    parts = [...(chance.happens(0.7) ? withRightLengths(change.parts) : change.parts)];
  }
  const message = new Uint8Array(Buffer.concat(parts.map(({ bytes }) => bytes)));
  let records = recordsOf(message, chance.happens(0.8) ? largestRecordBytes : chance.from([1, 4, 100]));
  if (changed && (about.length === 0 || chance.happens(0.3))) {
    const odd = oddRecord(chance);
    about.push(odd.name);
    records.splice(chance.below(records.length + 1), 0, odd);
  }
  if (changed && chance.happens(0.2)) {
    const change = changeFile(records, [oddRecord(chance)], chance);
    about.push(change.about);
    records = [...change.parts];
  }
  return { about: about.join('; '), bytes: new Uint8Array(Buffer.concat(records.map(({ bytes }) => bytes))) };
}

function sessionInput(chance: Chance): TlsInput {
  const version = chance.from(['TLSv1.2', 'TLSv1.3'] as const);
  const change = chance.from(recordChanges);
  const recordAt = chance.lowBelow(8);
  const renegotiations = version === 'TLSv1.2' && chance.happens(0.3) ? 1 + chance.below(8) : 0;
  const parts = requestParts({ method: 'GET', path: '/v1/models' });
  return {
    about: `${version}, record ${recordAt} ${change}, ${renegotiations} renegotiations`,
    options: {
      ...plain,
      kind: 'session',
      version,
      change,
      recordAt,
      renegotiations,
      changeSeed: chance.newSeed(),
    },
    pieces: [new Uint8Array(Buffer.concat(parts.map(({ bytes }) => bytes)))],
  };
}

/** What clients that are broken or hostile send to a port that speaks TLS. */
export function tlsInput(seed: number): TlsInput {
  const chance = new Chance(seed);
  const share = chance.below(100);
  if (share < 30) return sessionInput(chance);
  if (share < 42) {
    const { about, pieces } = requestInput(chance.newSeed());
    return { about: `plain HTTP: ${about}`, options: plain, pieces };
  }
  if (share < 45)
    return { about: 'random bytes', options: plain, pieces: [chance.bytes(chance.below(2_000))] };
  if (share < 55) {
    const { bytes } = helloInput(chance, false);
    const cut = bytes.slice(0, chance.below(bytes.length));
    const ending = chance.from(['quiet', 'reset'] as const);
    const options = { ...plain, connections: 1 + chance.below(50), ending };
    return { about: `${options.connections} connections with ${cut.length} bytes`, options, pieces: [cut] };
  }
  if (share < 60) {
    const { bytes } = helloInput(chance, false);
    const size = Math.ceil(bytes.length / 20);
    const pieces = Array.from({ length: 20 }, (_, at) => bytes.slice(at * size, (at + 1) * size));
    return { about: 'a slow hello', options: { ...plain, pauseMs: 5 }, pieces };
  }
  const { about, bytes } = helloInput(chance);
  const ending = chance.happens(0.85)
    ? 'quiet'
    : chance.happens(0.06)
      ? 'never'
      : chance.from(['half-close', 'reset'] as const);
  return { about: `hello: ${about}`, options: { ...plain, ending }, pieces: divided(bytes, chance) };
}

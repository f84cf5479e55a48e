import type { Chance } from '../chance.js';
import type { FilePart, NumberField } from '../files/file-part.js';

/** Types of records of TLS. */
export const recordTypes = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  data: 23,
  heartbeat: 24,
} as const;

export const largestRecordBytes = 16_384;
const headName = 'handshake head';
const extensionsName = 'length of extensions';
const clientHello = 1;

function part(name: string, bytes: readonly number[] | Uint8Array, ...fields: NumberField[]): FilePart {
  return { name, bytes: Uint8Array.from(bytes), fields };
}

function numberAt(at: number, length: number): NumberField {
  return { at, length, kind: 'big' };
}

function word(value: number): readonly number[] {
  return [(value >> 8) & 255, value & 255];
}

/** @param data in which numbers of two bytes at these places are lengths */
function extension(
  name: string,
  type: number,
  data: Uint8Array | readonly number[],
  ...lengthsAt: number[]
): FilePart {
  const inside = lengthsAt.map((at) => numberAt(4 + at, 2));
  const bytes = [...word(type), ...word(data.length), ...data];
  return part(name, bytes, numberAt(2, 2), numberAt(0, 2), ...inside);
}

/** Extensions that clients of today send, and some that the service does not know. */
function extensionsOf(chance: Chance): FilePart[] {
  const name = [...Buffer.from('localhost')];
  const keyShare = chance.bytes(32);
  return [
    extension('server name', 0, [...word(name.length + 3), 0, ...word(name.length), ...name], 0, 3),
    extension('groups', 10, [0, 4, 0, 29, 0, 23], 0),
    extension('point formats', 11, [1, 0]),
    extension('signature algorithms', 13, [0, 6, 4, 3, 8, 4, 4, 1], 0),
    extension('protocols', 16, [0, 12, 2, 104, 50, 8, ...Buffer.from('http/1.1')], 0),
    extension('extended master secret', 23, []),
    extension('ticket', 35, chance.bytes(chance.from([0, 0, 16, 192]))),
    extension('versions', 43, [4, 3, 4, 3, 3]),
    extension('key exchange modes', 45, [1, 1]),
    extension('key share', 51, [...word(36), 0, 29, 0, 32, ...keyShare], 0, 4),
    ...(chance.happens(0.2) ? [extension('status request', 5, [1, 0, 0, 0, 0], 1, 3)] : []),
    ...(chance.happens(0.2) ? [extension('heartbeat', 15, [1])] : []),
    ...(chance.happens(0.2)
      ? [extension('padding', 21, new Uint8Array(chance.from([0, 1, 200, 9_000])))]
      : []),
    ...(chance.happens(0.2) ? [extension('early data', 42, [])] : []),
    ...(chance.happens(0.2)
      ? [
          extension(
            'pre-shared key',
            41,
            [0, 22, 0, 16, ...chance.bytes(16), 0, 0, 0, 0, 0, 33, 32, ...chance.bytes(32)],
            0,
            2,
            24,
          ),
        ]
      : []),
    ...(chance.happens(0.2) ? [extension('renegotiation', 0xff01, [0])] : []),
  ];
}

/** A valid ClientHello in the parts of its structure, without its record. */
export function helloParts(chance: Chance): FilePart[] {
  const session = chance.bytes(32);
  const ciphers = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xcca9].flatMap(word);
  const hello = [
    part(headName, [clientHello, 0, 0, 0], numberAt(1, 3), numberAt(0, 1)),
    part('version', [3, 3], numberAt(0, 2)),
    part('random', chance.bytes(32)),
    part('session', [session.length, ...session], numberAt(0, 1)),
    part('ciphers', [...word(ciphers.length), ...ciphers], numberAt(0, 2), numberAt(2, 2)),
    part('compressions', [1, 0], numberAt(0, 1)),
    part(extensionsName, [0, 0], numberAt(0, 2)),
    ...extensionsOf(chance),
  ];
  return [...withRightLengths(hello)];
}

/** Makes the lengths of the message and of its extensions right, so that changes inside are read. */
export function withRightLengths(parts: readonly FilePart[]): readonly FilePart[] {
  return parts.map(({ name, bytes, fields }, at) => {
    const following = parts.slice(at + 1).reduce((sum, next) => sum + next.bytes.length, 0);
    if (name === headName && bytes.length >= 4) {
      const right = [bytes[0]!, (following >> 16) & 255, ...word(following)];
      return { name, bytes: Uint8Array.from([...right, ...bytes.subarray(4)]), fields };
    }
    return name === extensionsName
      ? { name, bytes: Uint8Array.from(word(following)), fields }
      : { name, bytes, fields };
  });
}

/** One record, which may be larger than is allowed. */
export function record(type: number, payload: Uint8Array | readonly number[], version = 0x0301): FilePart {
  const head = [type, ...word(version), ...word(payload.length)];
  return part(`record ${type}`, [...head, ...payload], numberAt(3, 2), numberAt(0, 1), numberAt(1, 2));
}

/** A message in records of this many bytes. */
export function recordsOf(message: Uint8Array, bytes: number): FilePart[] {
  const records: FilePart[] = [];
  for (let at = 0; at < message.length; at += bytes)
    records.push(record(recordTypes.handshake, message.subarray(at, at + bytes)));
  return records;
}

/** Records that have no place in a handshake, or none where they come. */
export function oddRecord(chance: Chance): FilePart {
  const random = chance.bytes(chance.from([0, 1, 2, 32, 300]));
  return chance.from<() => FilePart>([
    () => record(recordTypes.alert, [chance.from([1, 2, 0, 255]), chance.below(256)]),
    () => record(recordTypes.alert, random),
    () => record(recordTypes.changeCipherSpec, chance.from([[1], [2], [1, 1], []])),
    () => record(recordTypes.data, random),
    () => record(recordTypes.heartbeat, [1, 255, 255, ...random]),
    // A request to renegotiate, certificates, a key exchange, the end of a handshake, a new key.
    () =>
      record(recordTypes.handshake, [chance.from([0, 11, 16, 20, 24]), 0, ...word(random.length), ...random]),
    () => record(chance.below(256), random, chance.below(65_536)),
    () => record(recordTypes.handshake, new Uint8Array(chance.from([16_384, 16_385, 40_000]))),
    () => part('hello of SSL 2', [128, 46, 1, 0, 2, 0, 21, 0, 0, 0, 16, ...chance.bytes(37)], numberAt(0, 2)),
  ])();
}

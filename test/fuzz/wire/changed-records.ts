import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { Chance } from '../chance.js';
import { helloParts, record, recordTypes } from './tls-hello.js';

const headBytes = 5;

/** @returns what is sent in the place of a record */
type Change = (one: Buffer, chance: Chance) => readonly Uint8Array[];

const changes = {
  'as it is': (one) => [one],
  flipped: (one, chance) => {
    one[chance.below(one.length)]! ^= 1 << chance.below(8);
    return [one];
  },
  cut: (one, chance) => [one.subarray(0, chance.below(one.length))],
  repeated: (one, chance) => Array.from({ length: chance.from([2, 3, 100]) }, () => Buffer.from(one)),
  'left out': () => [],
  bytewise: (one) => [...one].map((byte) => Buffer.of(byte)),
  'of another type': (one, chance) => {
    one[0] = chance.from([...Object.values(recordTypes), 0, 255]);
    return [one];
  },
  'after a hello': (one, chance) => {
    const hello = Buffer.concat(helloParts(chance).map(({ bytes }) => bytes));
    return [record(recordTypes.handshake, hello).bytes, one];
  },
  'after an alert': (one, chance) => [record(recordTypes.alert, [1, chance.below(120)]).bytes, one],
  'after data': (one, chance) => [record(recordTypes.data, chance.bytes(100)).bytes, one],
  'after a change of ciphers': (one) => [record(recordTypes.changeCipherSpec, [1]).bytes, one],
} as const satisfies Readonly<Record<string, Change>>;

export type RecordChange = keyof typeof changes;

export const recordChanges = Object.keys(changes) as readonly RecordChange[];

export interface ChangedRecord {
  /** The record of the client that is changed, from 0 on, and how. */
  readonly recordAt: number;
  readonly change: RecordChange;
  readonly changeSeed: number;
}

/** The records of a client of TLS on their way to the service, one of which is changed. */
export class ChangedRecords extends Transform {
  private waiting = Buffer.alloc(0);
  private next = 0;

  constructor(private readonly changed: ChangedRecord) {
    super();
  }

  override _transform(bytes: Buffer, _encoding: string, done: TransformCallback): void {
    this.waiting = Buffer.concat([this.waiting, bytes]);
    while (this.waiting.length >= headBytes) {
      const end = headBytes + this.waiting.readUInt16BE(3);
      if (this.waiting.length < end) break;
      const one = Buffer.from(this.waiting.subarray(0, end));
      this.waiting = this.waiting.subarray(end);
      for (const sent of this.sentFor(one)) this.push(sent);
    }
    done();
  }

  private sentFor(one: Buffer): readonly Uint8Array[] {
    const { recordAt, change, changeSeed } = this.changed;
    if (this.next++ !== recordAt) return [one];
    // A record cannot be empty for a stream.
    return changes[change](one, new Chance(changeSeed)).filter(({ length }) => length > 0);
  }
}

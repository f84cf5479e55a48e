import { opusHead } from './ogg-writer.js';
import { bytesOf, text } from './wav-writer.js';

const bytesOfId = (id: number): Uint8Array =>
  Uint8Array.from((id.toString(16).match(/../g) ?? []).map((pair) => parseInt(pair, 16)));

/** A number of EBML, in as many bytes. */
export function vint(value: number, bytes = 4): Uint8Array {
  const out = Uint8Array.from(
    { length: bytes },
    (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) & 255,
  );
  out[0]! |= 1 << (8 - bytes);
  return out;
}

export function element(id: number, ...data: readonly Uint8Array[]): Uint8Array {
  const content = bytesOf(...data);
  return bytesOf(bytesOfId(id), vint(content.length), content);
}

/** An element whose size is unknown, as in a live recording. */
export function liveElement(id: number, ...data: readonly Uint8Array[]): Uint8Array {
  return bytesOf(bytesOfId(id), Uint8Array.of(1, 255, 255, 255, 255, 255, 255, 255), ...data);
}

const number = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

export function block(id: number, data: Uint8Array, { track = 1, flags = 0x80 } = {}): Uint8Array {
  return element(id, Uint8Array.of(0x80 | track, 0, 0, flags), data);
}

export type Lacing = 'none' | 'xiph' | 'ebml' | 'fixed';

/** Several frames in one block. */
export function laced(frames: readonly Uint8Array[], lacing: Lacing): Uint8Array {
  const sizes = frames.slice(0, -1).map(({ length }) => length);
  const heads: Record<Lacing, () => Uint8Array[]> = {
    none: () => [],
    fixed: () => [Uint8Array.of(frames.length - 1)],
    xiph: () => [
      Uint8Array.of(
        frames.length - 1,
        ...sizes.flatMap((size) => [...new Array<number>(Math.floor(size / 255)).fill(255), size % 255]),
      ),
    ],
    ebml: () => [
      Uint8Array.of(frames.length - 1),
      ...sizes.map((size, at) => vint(at === 0 ? size : size - sizes[at - 1]! + 8_191, 2)),
    ],
  };
  const flags = { none: 0x80, xiph: 0x82, fixed: 0x84, ebml: 0x86 }[lacing];
  return block(0xa3, bytesOf(...heads[lacing](), ...frames), { flags });
}

export interface WebmOptions {
  /** Sizes of Segment and Cluster are unknown, and there is no duration: as browsers record. */
  readonly isLive?: boolean;
  readonly docType?: 'webm' | 'matroska';
  readonly codecId?: string;
  readonly codecPrivate?: Uint8Array;
  /** More elements of the track. */
  readonly track?: readonly Uint8Array[];
  /** Whole elements in place of the blocks made of the packets. */
  readonly blocks?: readonly Uint8Array[];
  readonly packetsPerCluster?: number;
}

export function webmOpus(packets: readonly Uint8Array[], options: WebmOptions = {}): Uint8Array {
  const { isLive = false, docType = 'webm', codecId = 'A_OPUS', codecPrivate = opusHead() } = options;
  const { blocks = packets.map((packet) => block(0xa3, packet)), packetsPerCluster = 50 } = options;
  const open = isLive ? liveElement : element;
  const clusters: Uint8Array[] = [];
  for (let from = 0; from < blocks.length; from += packetsPerCluster) {
    const time = element(0xe7, number(from * 20));
    clusters.push(open(0x1f43b675, time, ...blocks.slice(from, from + packetsPerCluster)));
  }
  const audio = element(
    0xe1,
    element(0xb5, new Uint8Array(Float32Array.of(48_000).buffer).reverse()),
    element(0x9f, number(1)),
  );
  const entry = element(
    0xae,
    element(0xd7, number(1)),
    element(0x83, number(2)),
    element(0x86, text(codecId)),
    element(0x63a2, codecPrivate),
    audio,
    ...(options.track ?? []),
  );
  return bytesOf(
    element(0x1a45dfa3, element(0x4282, text(docType))),
    open(
      0x18538067,
      element(0xec, new Uint8Array(40)),
      element(0x1549a966, element(0x2ad7b1, number(1_000_000)), element(0x4d80, text('test'))),
      element(0x1654ae6b, entry),
      ...clusters,
    ),
  );
}

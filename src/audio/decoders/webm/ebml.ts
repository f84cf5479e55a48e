/** The head of an element of EBML: its name and the number of its bytes. */
export interface EbmlElement {
  readonly id: number;
  /** Undefined for an element of a live recording, which ends where the next one of its level begins. */
  readonly dataBytes: number | undefined;
  readonly headBytes: number;
}

/** @returns undefined while bytes are missing, 'invalid' for bytes that are not an element */
export function readElement(bytes: Uint8Array): EbmlElement | 'invalid' | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  const idBytes = Math.clz32(first) - 23;
  if (idBytes > 4) return 'invalid';
  if (bytes.length <= idBytes) return undefined;
  const size = readVint(bytes, idBytes);
  if (size === undefined) return bytes[idBytes] === 0 ? 'invalid' : undefined;
  return {
    id: readUnsigned(bytes.subarray(0, idBytes)),
    dataBytes: size.isUnknown ? undefined : size.value,
    headBytes: idBytes + size.bytes,
  };
}

/** A number of variable length. */
export interface Vint {
  readonly value: number;
  readonly bytes: number;
  /** All its bits are set. */
  readonly isUnknown: boolean;
}

/** @returns undefined if the number is incomplete or invalid */
export function readVint(bytes: Uint8Array, at: number): Vint | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (bytes.length < at + length) return undefined;
  const mask = (1 << (8 - length)) - 1;
  let value = first & mask;
  let isUnknown = value === mask;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i]!;
    isUnknown &&= byte === 255;
    value = value * 256 + byte;
  }
  return { value, bytes: length, isUnknown };
}

/** Big-endian, of up to 8 bytes; 0 for none. */
export function readUnsigned(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** The same with a sign. */
export function readSigned(bytes: Uint8Array): number {
  const value = readUnsigned(bytes);
  return (bytes[0] ?? 0) > 127 ? value - 256 ** bytes.length : value;
}

/** The head of an element. @param dataBytes undefined for one whose size is unknown */
export function writeElementHead(id: number, dataBytes: number | undefined): Uint8Array {
  const idBytes = bytesOf(id, Math.ceil((32 - Math.clz32(id)) / 8));
  const size = dataBytes === undefined ? new Uint8Array(8).fill(255) : bytesOf(dataBytes, 8);
  size[0] = 1;
  return Uint8Array.of(...idBytes, ...size);
}

function bytesOf(value: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => Math.floor(value / 256 ** (count - 1 - at)) & 255);
}

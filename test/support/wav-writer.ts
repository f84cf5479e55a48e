/** Writes WAV files byte by byte, so that a test can also write wrong ones. */

export interface WavFields {
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits?: number;
  readonly blockBytes?: number;
  /** After the 16 bytes that every `fmt ` chunk has. */
  readonly formatExtra?: Uint8Array;
}

export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >> 8) & 255);
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
}

export function text(value: string): Uint8Array {
  return Uint8Array.from(value, (letter) => letter.charCodeAt(0));
}

export function bytesOf(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function chunk(name: string, body: Uint8Array, claimedSize = body.length): Uint8Array {
  return bytesOf(text(name), uint32(claimedSize), body, new Uint8Array(body.length & 1));
}

export function formatChunk(fields: WavFields = {}): Uint8Array {
  const { tag = 1, channels = 1, sampleRate = 16_000, bits = 16, formatExtra = new Uint8Array(0) } = fields;
  const blockBytes = fields.blockBytes ?? (channels * bits) / 8;
  const body = bytesOf(
    uint16(tag),
    uint16(channels),
    uint32(sampleRate),
    uint32(sampleRate * blockBytes),
    uint16(blockBytes),
    uint16(bits),
    formatExtra,
  );
  return chunk('fmt ', body);
}

export function riff(...chunks: readonly Uint8Array[]): Uint8Array {
  const body = bytesOf(text('WAVE'), ...chunks);
  return bytesOf(text('RIFF'), uint32(body.length), body);
}

export function wav(data: Uint8Array, fields: WavFields = {}): Uint8Array {
  return riff(formatChunk(fields), chunk('data', data));
}

/** The EXTENSIBLE part of a `fmt ` chunk: the tag as a GUID. */
export function extensible(tag: number, validBits: number): Uint8Array {
  const tail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
  return bytesOf(uint16(22), uint16(validBits), uint32(0), uint16(tag), Uint8Array.from(tail));
}

export function int16Bytes(samples: readonly number[]): Uint8Array {
  return new Uint8Array(Int16Array.from(samples).buffer);
}

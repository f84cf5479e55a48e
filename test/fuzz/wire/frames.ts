/** Frames of WebSocket (RFC 6455), also wrong ones. */

export interface FrameFields {
  readonly opcode?: number;
  /** The highest four bits of the first byte: FIN and three that are reserved. */
  readonly flags?: number;
  readonly isMasked?: boolean;
  /** In place of the true length. */
  readonly claimed?: bigint;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a client sends it; its mask is constant. */
export function clientFrame(payload: Uint8Array, fields: FrameFields = {}): Uint8Array {
  const { opcode = opcodes.text, flags = 8, isMasked = true, claimed = BigInt(payload.length) } = fields;
  const mask = Uint8Array.of(1, 2, 3, 4);
  const lengthBytes = claimed < 126n ? 0 : claimed < 65_536n ? 2 : 8;
  const head = new DataView(new ArrayBuffer(2 + lengthBytes));
  head.setUint8(0, (flags << 4) | opcode);
  const short = lengthBytes === 0 ? Number(claimed) : lengthBytes === 2 ? 126 : 127;
  head.setUint8(1, (isMasked ? 128 : 0) | short);
  if (lengthBytes === 2) head.setUint16(2, Number(claimed));
  if (lengthBytes === 8) head.setBigUint64(2, BigInt.asUintN(64, claimed));
  const body = isMasked ? payload.map((byte, at) => byte ^ mask[at % 4]!) : payload;
  return new Uint8Array(Buffer.concat([new Uint8Array(head.buffer), ...(isMasked ? [mask] : []), body]));
}

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The whole frames of what a service has sent. @throws Error for what a service must not send */
export function serverFrames(bytes: Buffer): readonly ServerFrame[] {
  const frames: ServerFrame[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const [first, second] = [bytes[at]!, bytes[at + 1]!];
    if ((first & 0x70) !== 0 || second > 127) throw new Error('a frame with reserved bits, or a mask');
    const lengthBytes = second < 126 ? 0 : second === 126 ? 2 : 8;
    if (at + 2 + lengthBytes > bytes.length) break;
    const length =
      lengthBytes === 0
        ? second
        : lengthBytes === 2
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const from = at + 2 + lengthBytes;
    if (from + length > bytes.length) break;
    frames.push({ opcode: first & 15, payload: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return frames;
}

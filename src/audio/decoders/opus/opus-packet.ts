/** Samples at 48 kHz of the frames of each of the four lengths of SILK, and of CELT. */
const silkSamples = [480, 960, 1_920, 2_880] as const;
const celtSamples = [120, 240, 480, 960] as const;
/** 120 ms. */
const packetSamplesAtMost = 5_760;

/** Duration of a packet in samples at 48 kHz (RFC 6716, section 3.1); 0 if it is not a packet. */
export function opusPacketSamples(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const samples = frameSamples(toc >> 3) * frameCount(toc & 3, packet);
  return samples <= packetSamplesAtMost ? samples : 0;
}

function frameSamples(config: number): number {
  if (config < 12) return silkSamples[config & 3]!;
  if (config < 16) return 480 << (config & 1);
  return celtSamples[config & 3]!;
}

function frameCount(code: number, packet: Uint8Array): number {
  if (code === 0) return 1;
  if (code < 3) return 2;
  return (packet[1] ?? 0) & 63;
}

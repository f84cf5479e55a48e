const polynomial = 0x04c1_1db7;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x8000_0000 ? (value << 1) ^ polynomial : value << 1;
  return value >>> 0;
});

/** The checksum of Ogg: CRC-32 from the highest bit on, without inversion. @param before the checksum of the bytes before */
export function oggCrc(bytes: Uint8Array, before = 0): number {
  let crc = before;
  for (let i = 0; i < bytes.length; i++) crc = (crc << 8) ^ table[(crc >>> 24) ^ bytes[i]!]!;
  return crc >>> 0;
}

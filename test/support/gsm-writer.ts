const ratioBits = [6, 6, 5, 5, 4, 4, 3, 3];

/**
 * Writes blocks of GSM 6.10 as WAV has them, quiet enough that no sample is clipped: only the Recommendation's own
 * arithmetic defines what becomes of those.
 *
 * @param random numbers from 0 to 1, for every field of every frame
 */
export function gsmBlocks(blocks: number, random: () => number): Uint8Array {
  const bytes = new Uint8Array(65 * blocks);
  let at = 0;
  const write = (bits: number, value = Math.floor(random() * 2 ** bits)) => {
    for (let bit = 0; bit < bits; bit++, at++) bytes[at >> 3]! |= ((value >> bit) & 1) << (at & 7);
  };
  for (let frame = 0; frame < 2 * blocks; frame++) {
    for (const bits of ratioBits) write(bits, Math.floor((0.3 + 0.4 * random()) * 2 ** bits));
    for (let part = 0; part < 4; part++) {
      write(7, 40 + Math.floor(random() * 81));
      for (const bits of [2, 2]) write(bits);
      write(6, Math.floor(random() * 24));
      for (let pulse = 0; pulse < 13; pulse++) write(3);
    }
  }
  return bytes;
}

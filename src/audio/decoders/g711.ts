// ITU-T G.711: each byte stands for one 16-bit value, so a table of 256 samples decodes it.

/** An inverted byte holds a sign, three bits of exponent and four of mantissa, with a bias of 0x84. */
export const mulawSamples = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 32_768;
});

/** Every other bit is inverted. The lowest of the eight segments has no hidden leading one. */
export const alawSamples = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = byte ^ 0x55;
  const segment = (bits & 0x70) >> 4;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? mantissa : (mantissa + 0x100) << (segment - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / 32_768;
});

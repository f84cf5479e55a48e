import { G722HighBand, G722LowBand } from '../../src/audio/decoders/g722-bands.js';

const splittingFilter = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

/** Encodes 16 kHz samples of 16 bits: for each pair it takes the codes that stand for the nearest differences. */
export function encodeG722(samples: Int16Array): Uint8Array {
  const low = new G722LowBand();
  const high = new G722HighBand();
  const history = new Int32Array(24);
  return Uint8Array.from({ length: samples.length >> 1 }, (_, pair) => {
    history.copyWithin(0, 2);
    history[22] = samples[2 * pair]!;
    history[23] = samples[2 * pair + 1]!;
    let even = 0;
    let odd = 0;
    for (let i = 0; i < 12; i++) {
      even += history[2 * i]! * splittingFilter[i]!;
      odd += history[2 * i + 1]! * splittingFilter[11 - i]!;
    }
    // The first four codes of the lower band are not in use.
    const lowCode = nearestCode(low, (odd + even) >> 14, 4, 64);
    const highCode = nearestCode(high, (odd - even) >> 14, 0, 4);
    low.decode(lowCode);
    high.decode(highCode);
    return (highCode << 6) | lowCode;
  });
}

function nearestCode(part: G722LowBand | G722HighBand, value: number, from: number, to: number): number {
  let best = from;
  let least = Infinity;
  for (let code = from; code < to; code++) {
    const distance = Math.abs(value - part.band.prediction - part.differenceOf(code));
    if (distance < least) [best, least] = [code, distance];
  }
  return best;
}

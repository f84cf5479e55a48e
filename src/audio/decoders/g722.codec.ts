import { restoreState, stateOf } from '../../common/object-state.js';
import { G722HighBand, G722LowBand } from './g722-bands.js';
import type { ObjectState } from '../../common/object-state.js';
import type { SampleCodec } from './sample-codec.js';

/** Coefficients of the filter that joins the bands, every second one of the 24; the others are these in reverse. */
const joiningFilter = Int16Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);

/**
 * G.722 (ITU-T Recommendation G.722, 09/2012, section 6.2) at 64 kbit/s: 16 kHz, one channel. Each byte has six bits for
 * the band below 4 kHz and two for the band above, and becomes two samples; it is decoded with all those before it.
 */
export function createG722Codec(): SampleCodec {
  const low = new G722LowBand();
  const high = new G722HighBand();
  // Of the last twelve bytes, the newest last; kept twice, so that the twelve always lie in one piece.
  const sums = new Int32Array(24);
  const differences = new Int32Array(24);
  let position = 0;

  function decodeByte(byte: number, out: Float32Array, at: number): void {
    const lowValue = low.decode(byte & 63);
    const highValue = high.decode(byte >> 6);
    differences[position] = differences[position + 12] = lowValue - highValue;
    sums[position] = sums[position + 12] = lowValue + highValue;
    position = (position + 1) % 12;
    let first = 0;
    let second = 0;
    for (let i = 0; i < 12; i++) {
      first += differences[position + i]! * joiningFilter[11 - i]!;
      second += sums[position + i]! * joiningFilter[i]!;
    }
    out[at] = toSample(first);
    out[at + 1] = toSample(second);
  }

  return {
    blockBytes: 1,
    framesPerBlock: 2,
    channels: 1,
    framesIn: () => 0,
    decode(bytes, start, blocks, out, at) {
      for (let block = 0; block < blocks; block++) decodeByte(bytes[start + block]!, out, at + 2 * block);
    },
    state: () => ({ low: stateOf(low), high: stateOf(high), sums, differences, position }),
    restore(state) {
      restoreState(low, state['low'] as ObjectState);
      restoreState(high, state['high'] as ObjectState);
      sums.set(state['sums'] as Int32Array);
      differences.set(state['differences'] as Int32Array);
      position = state['position'] as number;
    },
  };
}

/** @param filtered 2^11 times a sample of 16 bits */
function toSample(filtered: number): number {
  return Math.max(-32_768, Math.min(32_767, filtered >> 11)) / 32_768;
}

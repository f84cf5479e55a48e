/** Bands of the spectrum, of equal width: 250 Hz at 16 kHz. */
export const bandCount = 32;

const size = 512;
const half = size / 2;
const binsPerBand = half / bandCount;

const window = Float64Array.from(
  { length: size },
  (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / size),
);
const cosines = Float64Array.from({ length: half }, (_, at) => Math.cos((2 * Math.PI * at) / size));
const sines = Float64Array.from({ length: half }, (_, at) => -Math.sin((2 * Math.PI * at) / size));
const places = Uint16Array.from({ length: size }, (_, at) => {
  let reversed = 0;
  for (let bit = 1; bit < size; bit <<= 1) reversed = (reversed << 1) | ((at & bit) === 0 ? 0 : 1);
  return reversed;
});
// Two spectra of one thread are never made at the same time.
const real = new Float64Array(size);
const imaginary = new Float64Array(size);

/**
 * The energy of a frame in each band, by a Fourier transform (radix 2) with a Hann window.
 * @param frame shape (512)
 * @param bands is overwritten from `at` on, shape (bandCount)
 */
export function bandEnergies(frame: Float32Array, bands: Float32Array, at: number): void {
  for (let i = 0; i < size; i++) {
    real[places[i]!] = frame[i]! * window[i]!;
    imaginary[i] = 0;
  }
  for (let span = 1; span < size; span *= 2) mixPairs(span);
  for (let band = 0; band < bandCount; band++) {
    let energy = 0;
    for (let bin = band * binsPerBand; bin < (band + 1) * binsPerBand; bin++) {
      energy += real[bin]! ** 2 + imaginary[bin]! ** 2;
    }
    bands[at + band] = energy;
  }
}

function mixPairs(span: number): void {
  const step = half / span;
  for (let first = 0; first < size; first += 2 * span) {
    for (let k = 0; k < span; k++) {
      const low = first + k;
      const high = low + span;
      const c = cosines[k * step]!;
      const s = sines[k * step]!;
      const re = real[high]! * c - imaginary[high]! * s;
      const im = real[high]! * s + imaginary[high]! * c;
      real[high] = real[low]! - re;
      imaginary[high] = imaginary[low]! - im;
      real[low]! += re;
      imaginary[low]! += im;
    }
  }
}

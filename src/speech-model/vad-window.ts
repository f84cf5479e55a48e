/** New samples in each window of the voice activity model: 32 ms at 16 kHz. */
export const windowSamples = 512;
/** Samples of the window before, which precede the new ones; without them, the model detects nothing. */
export const contextSamples = 64;
/** Floats of the model's state, shape (2, 128). */
export const stateSize = 256;
export const windowMs = 32;

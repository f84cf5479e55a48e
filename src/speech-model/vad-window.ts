/** New samples in each window of the voice activity model: 32 ms at 16 kHz. */
export const windowSamples = 512;
/** Samples of the window before that the model hears again; fed without them, it hears nothing. */
export const contextSamples = 64;
/** Floats of the model's state, shape (2, 128). */
export const stateSize = 256;
export const windowMs = 32;

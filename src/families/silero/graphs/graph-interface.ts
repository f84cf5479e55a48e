/**
 * The graph that the compiler writes for Silero, and that compiled-silero.ts runs. All tensors are float32.
 *
 * ## voice-activity.onnx (Silero)
 * | in  | `windows`             | [B, T, 576]  | 64 samples of context and 512 new ones; T windows one after the other
 * | in  | `hidden`, `cell`      | [B, 128]     | zeros at the start of a stream
 * | out | `probabilities`       | [B, T]       | of speech in each window
 * | out | `next_hidden`, `next_cell` | [B, 128] |
 */
export const graphFiles = { voiceActivity: 'voice-activity.onnx' } as const;

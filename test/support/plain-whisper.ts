import type { WhisperSource } from '../../src/families/whisper/source/whisper-source.js';
import { whisperTensors } from '../../src/families/whisper/source/whisper-tensors.js';
import type { WhisperDimensions } from '../../src/families/whisper/source/whisper-tensors.js';

/** Rows of equal length. */
export type Rows = readonly (readonly number[])[];

/** Keys and values of an attention, a row for each position. */
export interface PlainMemory {
  readonly keys: Rows;
  readonly values: Rows;
}

/** Whisper in doubles, without any library, slowly: small models only. The graphs are compared with it. */
export class PlainWhisper {
  private constructor(
    private readonly dimensions: WhisperDimensions,
    private readonly weights: ReadonlyMap<string, Float32Array>,
  ) {}

  static async read(source: WhisperSource): Promise<PlainWhisper> {
    const weights = new Map<string, Float32Array>();
    for (const name of whisperTensors(source.dimensions).keys()) {
      weights.set(name, await source.readNumbers(name));
    }
    return new PlainWhisper(source.dimensions, weights);
  }

  /** @param features [frames][bands] @returns the memory of each layer of the decoder */
  encode(features: Rows, positions: readonly number[], bias: readonly number[]): PlainMemory[] {
    const stem = this.convolve(this.convolve(features, 'conv1', 1), 'conv2', 2);
    let rows = positions.map((position) => sum(stem[position]!, this.row('encoder.positions', position)));
    for (let index = 0; index < this.dimensions.encoderLayers; index++) {
      const layer = `encoder.${index}`;
      rows = this.attend(rows, this.memory(this.norm(rows, `${layer}.self.norm`), `${layer}.self`), {
        name: `${layer}.self`,
        bias: () => bias,
      });
      rows = this.feedForward(rows, layer);
    }
    const heard = this.norm(rows, 'encoder.norm');
    return Array.from({ length: this.dimensions.decoderLayers }, (_, layer) =>
      this.memory(heard, `decoder.${layer}.cross`),
    );
  }

  /** @returns the logits after the last of the tokens, which begin at position 0 */
  logits(tokens: readonly number[], memory: readonly PlainMemory[], bias: readonly number[]): number[] {
    let rows = tokens.map((token, position) =>
      sum(this.row('embedding', token), this.row('decoder.positions', position)),
    );
    const causal = (query: number) => rows.map((_, key) => (key > query ? -Infinity : 0));
    for (let index = 0; index < this.dimensions.decoderLayers; index++) {
      const layer = `decoder.${index}`;
      const own = this.memory(this.norm(rows, `${layer}.self.norm`), `${layer}.self`);
      rows = this.attend(rows, own, { name: `${layer}.self`, bias: causal });
      rows = this.attend(rows, memory[index]!, { name: `${layer}.cross`, bias: () => bias });
      rows = this.feedForward(rows, layer);
    }
    const last = this.norm(rows.slice(-1), 'decoder.norm')[0]!;
    return Array.from({ length: this.dimensions.tokens }, (_, token) =>
      dot(last, this.row('embedding', token)),
    );
  }

  private row(table: string, index: number): number[] {
    const { width } = this.dimensions;
    return [...this.weights.get(table)!.subarray(index * width, (index + 1) * width)];
  }

  private memory(rows: Rows, name: string): PlainMemory {
    return { keys: this.linear(rows, `${name}.key`), values: this.linear(rows, `${name}.value`) };
  }

  private attend(
    rows: Rows,
    { keys, values }: PlainMemory,
    { name, bias }: { readonly name: string; readonly bias: (query: number) => readonly number[] },
  ): number[][] {
    const queries = this.linear(this.norm(rows, `${name}.norm`), `${name}.query`);
    const size = this.dimensions.width / this.dimensions.heads;
    const attended = queries.map((query, at) =>
      Array.from({ length: this.dimensions.heads }, (_, head) => {
        const part = (row: readonly number[]) => row.slice(head * size, (head + 1) * size);
        const shares = softmax(
          keys.map((key, index) => dot(part(query), part(key)) / Math.sqrt(size) + bias(at)[index]!),
        );
        return part(query).map((_value, column) =>
          shares.reduce((total, share, index) => total + share * part(values[index]!)[column]!, 0),
        );
      }).flat(),
    );
    return this.linear(attended, `${name}.out`).map((row, at) => sum(rows[at]!, row));
  }

  private feedForward(rows: Rows, layer: string): number[][] {
    const widened = this.linear(this.norm(rows, `${layer}.feed.norm`), `${layer}.feed.first`);
    const bent = widened.map((row) => row.map(gelu));
    return this.linear(bent, `${layer}.feed.second`).map((row, at) => sum(rows[at]!, row));
  }

  private linear(rows: Rows, name: string): number[][] {
    const weight = this.weights.get(`${name}.weight`)!;
    const bias = this.weights.get(`${name}.bias`)!;
    return rows.map((row) =>
      Array.from(bias, (start, out) => {
        let total = start;
        for (let at = 0; at < row.length; at++) total += row[at]! * weight[out * row.length + at]!;
        return total;
      }),
    );
  }

  private norm(rows: Rows, name: string): number[][] {
    const scale = this.weights.get(`${name}.scale`)!;
    const offset = this.weights.get(`${name}.offset`)!;
    return rows.map((row) => {
      const mean = row.reduce((total, value) => total + value, 0) / row.length;
      const variance = row.reduce((total, value) => total + (value - mean) ** 2, 0) / row.length;
      return row.map((value, at) => ((value - mean) / Math.sqrt(variance + 1e-5)) * scale[at]! + offset[at]!);
    });
  }

  /** [frames][in] to [frames / stride][out]: three taps, zeros around the frames, and GELU. */
  private convolve(frames: Rows, name: string, stride: number): number[][] {
    const weight = this.weights.get(`${name}.weight`)!;
    const bias = this.weights.get(`${name}.bias`)!;
    return Array.from({ length: Math.ceil(frames.length / stride) }, (_, position) =>
      Array.from(bias, (start, out) => {
        let total = start;
        for (let tap = 0; tap < 3; tap++) {
          const frame = frames[position * stride + tap - 1] ?? [];
          for (let channel = 0; channel < frame.length; channel++) {
            total += frame[channel]! * weight[(out * frame.length + channel) * 3 + tap]!;
          }
        }
        return gelu(total);
      }),
    );
  }
}

function sum(one: readonly number[], other: readonly number[]): number[] {
  return one.map((value, at) => value + other[at]!);
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((total, value, at) => total + value * other[at]!, 0);
}

export function softmax(scores: readonly number[]): number[] {
  const greatest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - greatest));
  const total = shares.reduce((all, share) => all + share, 0);
  return shares.map((share) => share / total);
}

function gelu(value: number): number {
  return 0.5 * value * (1 + erf(value / Math.SQRT2));
}

/** By its series near zero, and by a continued fraction where the series loses digits. */
function erf(value: number): number {
  const size = Math.abs(value);
  if (size > 3) {
    let fraction = 0;
    for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
    return Math.sign(value) * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / (size + fraction));
  }
  let term = value;
  let total = value;
  for (let n = 1; n < 100; n++) {
    term *= (-value * value) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

/** Log-mel features of at most 30 s by the definition of the transform. [frames][bands] @param filters [bands, 201] */
export function plainLogMel(samples: Float32Array, filters: Float32Array): number[][] {
  const bands = filters.length / 201;
  const frames = samples.length / 160;
  const mirrored = (at: number) =>
    samples[at < 0 ? -at : at >= samples.length ? 2 * samples.length - 2 - at : at]!;
  const logs = Array.from({ length: frames }, (_, frame) => {
    const windowed = Array.from(
      { length: 400 },
      (_value, at) => mirrored(frame * 160 - 200 + at) * Math.sin((Math.PI * at) / 400) ** 2,
    );
    const power = Array.from({ length: 201 }, (_value, bin) => {
      let [real, imaginary] = [0, 0];
      windowed.forEach((value, at) => {
        real += value * Math.cos((2 * Math.PI * bin * at) / 400);
        imaginary += value * Math.sin((2 * Math.PI * bin * at) / 400);
      });
      return real * real + imaginary * imaginary;
    });
    return Array.from({ length: bands }, (_value, band) =>
      Math.log10(Math.max(1e-10, dot(power, [...filters.subarray(band * 201, (band + 1) * 201)]))),
    );
  });
  const floor = Math.max(...logs.flat()) - 8;
  return logs.map((row) => row.map((value) => (Math.max(value, floor) + 4) / 4));
}

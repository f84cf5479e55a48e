import sherpa from 'sherpa-onnx-node';

const sampleRate = 16_000;
const windowSamples = 512;
/** Audio before the detector's start of speech that is decoded with it: the detector is late. */
const preRollSamples = 0.4 * sampleRate;
const longestSeconds = 20;

/** Simulated streaming as sherpa-onnx's own examples do it: its detector, the growing segment decoded again and again. */
export class SherpaStream {
  #vad;
  #queue;
  #emit;
  #intervalSamples;
  #rest = new Float32Array(0);
  /** The segment so far, or the time just before it. */
  #heard = [];
  #heardSamples = 0;
  #position = 0;
  #nextPartialAt;
  #lastPartial = '';
  #segment = 0;
  #finals = Promise.resolve();

  /**
   * @param {{ vadPath: string, endpointingMs: number, partialIntervalMs: number }} options
   * @param {import('./sherpa-queue.mjs').DecodingQueue} queue
   * @param {(result: { startMs: number, endMs: number, text: string, isFinal: boolean }) => void} emit
   */
  constructor({ vadPath, endpointingMs, partialIntervalMs }, queue, emit) {
    this.#queue = queue;
    this.#emit = emit;
    this.#intervalSamples = (partialIntervalMs * sampleRate) / 1000;
    this.#vad = new sherpa.Vad(
      {
        sileroVad: {
          model: vadPath,
          threshold: 0.5,
          minSpeechDuration: 0.1,
          minSilenceDuration: endpointingMs / 1000,
          windowSize: windowSamples,
          maxSpeechDuration: longestSeconds,
        },
        sampleRate,
        numThreads: 1,
      },
      2 * longestSeconds,
    );
  }

  /** @param {Float32Array} samples shape (samples) */
  accept(samples) {
    const all = new Float32Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    let at = 0;
    for (; at + windowSamples <= all.length; at += windowSamples)
      this.#hear(all.slice(at, at + windowSamples));
    this.#rest = all.slice(at);
  }

  /** Resolves after the last final. */
  async finish() {
    this.#vad.flush();
    this.#takeSegments();
    await this.#finals;
  }

  close() {
    this.#queue.forgetPartial(this);
    this.#emit = () => undefined;
  }

  #hear(window) {
    this.#vad.acceptWaveform(window);
    this.#position += windowSamples;
    this.#heard.push(window);
    this.#heardSamples += windowSamples;
    const speaking = this.#vad.isDetected();
    this.#takeSegments();
    if (!speaking) {
      this.#nextPartialAt = undefined;
      while (this.#heardSamples > preRollSamples) this.#heardSamples -= this.#heard.shift().length;
      return;
    }
    this.#nextPartialAt ??= this.#position + this.#intervalSamples;
    if (this.#position < this.#nextPartialAt) return;
    this.#nextPartialAt += this.#intervalSamples;
    this.#askForPartial();
  }

  #askForPartial() {
    const segment = this.#segment;
    let range;
    const newest = () => {
      const endMs = (this.#position * 1000) / sampleRate;
      range = { startMs: endMs - (this.#heardSamples * 1000) / sampleRate, endMs };
      return joined(this.#heard, this.#heardSamples);
    };
    this.#queue.partial(this, newest, (text) => {
      // As in Hearken, a partial that says nothing new is not sent.
      if (segment !== this.#segment || text === '' || text === this.#lastPartial) return;
      this.#lastPartial = text;
      this.#emit({ ...range, text, isFinal: false });
    });
  }

  #takeSegments() {
    while (!this.#vad.isEmpty()) {
      const { start, samples } = this.#vad.front(false);
      this.#vad.pop();
      this.#segment++;
      this.#lastPartial = '';
      this.#queue.forgetPartial(this);
      this.#heard = [];
      this.#heardSamples = 0;
      const startMs = (start * 1000) / sampleRate;
      const range = { startMs, endMs: startMs + (samples.length * 1000) / sampleRate };
      const text = this.#queue.final(samples);
      this.#finals = this.#finals.then(async () => this.#emit({ ...range, text: await text, isFinal: true }));
    }
  }
}

function joined(windows, length) {
  const samples = new Float32Array(length);
  let at = 0;
  for (const window of windows) {
    samples.set(window, at);
    at += window.length;
  }
  return samples;
}

import { LiveAudio } from '../../src/normalization/live-audio.js';
import type { Recognizer } from '../../src/recognition/recognizer.js';
import type {
  RecognitionEvent,
  RecognitionStream,
  StreamOptions,
} from '../../src/recognition/live/recognition-stream.js';

const source = { container: 'raw', encoding: 'linear16', sampleRate: 16_000, channels: 1 } as const;

/** A stream of the recognizer, with all of its events so far. */
export class OpenedStream {
  readonly events: RecognitionEvent[] = [];
  readonly stream: RecognitionStream;
  private readonly lifetime = new AbortController();
  private readonly audio = new LiveAudio({
    declared: source,
    channels: 'mix',
    targetLufs: -23,
    toleranceLu: 12,
    maxGainDb: 30,
  });
  private readonly read: Promise<void>;

  constructor(recognizer: Recognizer, options: Partial<StreamOptions> = {}) {
    const modelId = recognizer.resolveModel(undefined).id;
    this.stream = recognizer.createStream(
      { modelId, source, partials: true, ...options },
      this.lifetime.signal,
    );
    this.read = this.readAll();
  }

  /**
   * Gives out bytes in frames of that size, as fast as they are taken, or so many times as fast as they were spoken.
   * @param pcm 16 kHz, 16 bits
   */
  async send(pcm: Uint8Array, frameBytes = 640, speed = Infinity): Promise<void> {
    for (let at = 0; at < pcm.length; at += frameBytes) {
      for (const { samples, rows } of this.audio.push(pcm.subarray(at, at + frameBytes))) {
        if (!this.stream.acceptWaveform(samples, rows)) await this.stream.drained();
      }
      // As between two messages of a socket.
      if (speed === Infinity) await new Promise((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => setTimeout(resolve, frameBytes / 32 / speed));
    }
  }

  /** Ends the input. @returns the text of all finals */
  async finish(): Promise<string> {
    this.stream.inputFinished();
    await this.read;
    return this.text;
  }

  /** Resolves when the events have ended. */
  ended(): Promise<void> {
    return this.read;
  }

  abort(): void {
    this.lifetime.abort();
  }

  get text(): string {
    return this.events
      .flatMap((event) => (event.type === 'segment-final' ? event.segment.hypothesis.text : []))
      .filter((text) => text !== '')
      .join(' ');
  }

  /** Every final of an utterance that was announced, in words, without what was said. */
  get shape(): readonly string[] {
    return this.events.filter(({ type }) => type !== 'segment-partial').map(({ type }) => type);
  }

  private async readAll(): Promise<void> {
    for await (const event of this.stream) this.events.push(event);
  }
}

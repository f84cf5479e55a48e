import { setTimeout as sleep } from 'node:timers/promises';
import { SpeechError } from '../../src/common/errors/speech-error.js';
import { capabilitiesOf } from '../../src/families/moonshine/capabilities.js';
import type { RecognitionOptions, Segment, ServedModel } from '../../src/recognition/recognition.types.js';
import type { Readiness } from '../../src/recognition/recognizer.js';
import { Recognizer } from '../../src/recognition/recognizer.js';
import type { Recording } from '../../src/recognition/recordings/recording.js';

export interface Script {
  readonly segments?: readonly Segment[];
  /** Before each segment, and before the end where there is none. */
  readonly delayMs?: number;
  /** Thrown after the segments. */
  readonly failure?: Error;
  readonly ready?: boolean;
}

/** Does what a script says, with the waiting and cancelling of a real one. It reads the whole recording first. */
export class FakeRecognizer extends Recognizer {
  override readonly models = [model('scripted-en')];
  override readonly aliases = new Map<string, string>();
  override readonly graphs = [{ model: 'scripted-en', version: 1, variant: 'rq', degradations: [] }] as const;
  override readonly liveStreams = { open: 0, worstLagMs: 0 };
  override readonly streamCapacity = 4;
  override readonly parallelism = 1;
  /** Recognitions under way. */
  running = 0;
  /** Recognitions that ended because their signal was aborted. */
  cancelled = 0;
  /** How each recognition was asked for. */
  readonly asked: RecognitionOptions[] = [];

  constructor(public script: Script = {}) {
    super();
  }

  override resolveModel(name: string | undefined): ServedModel {
    const found =
      name === undefined || name === 'default' ? this.models[0] : this.models.find(({ id }) => id === name);
    if (found !== undefined) return found;
    throw new SpeechError(
      'MODEL_NOT_FOUND',
      'There is no model of that name. This service has: default, scripted-en.',
      {
        param: 'model',
      },
    );
  }

  override assignedModel(model: ServedModel): ServedModel {
    return model;
  }

  override createStream(): never {
    throw new Error('live streams are tested with the real recognizer');
  }

  override readiness(): Readiness {
    return { ready: this.script.ready ?? true, detail: { workers: 1 } };
  }

  override requireReady(): void {
    if (this.script.ready === false)
      throw new SpeechError('MODEL_NOT_READY', 'No inference process is ready. Try again in a moment.');
  }

  override async *recognize(
    recording: Recording,
    options: RecognitionOptions,
    signal: AbortSignal,
  ): AsyncGenerator<Segment> {
    this.asked.push(options);
    const { segments = [], delayMs = 0, failure } = this.script;
    this.running++;
    try {
      for await (const piece of recording.segments) {
        if (piece.samples.length > 0) signal.throwIfAborted();
      }
      if (segments.length === 0) await this.wait(delayMs, signal);
      for (const segment of segments) {
        await this.wait(delayMs, signal);
        yield segment;
      }
      if (failure !== undefined) throw failure;
    } finally {
      this.running--;
      if (signal.aborted) this.cancelled++;
    }
  }

  private async wait(delayMs: number, signal: AbortSignal): Promise<void> {
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

/** A segment that says `text`, one made-up token for each word. */
export function segment(id: number, startMs: number, endMs: number, text: string, logProb = -0.1): Segment {
  const tokens = text.split(' ').map((_word, index) => 100 + index);
  return {
    id,
    startMs,
    endMs,
    hypothesis: {
      text,
      tokens,
      tokenBytes: text.split(' ').map((word) => new TextEncoder().encode(` ${word}`)),
      tokenLogProbs: tokens.map(() => logProb),
      stopReason: 'end-of-text',
    },
  };
}

function model(id: string): ServedModel {
  const manifest = {
    id,
    version: 1,
    kind: 'speech' as const,
    family: 'moonshine',
    languages: ['en'],
    sampleRate: 16_000,
    maxAudioSeconds: 30,
    source: { package: 'scripted', version: '1.0.0', folder: '.' },
    files: {},
    license: 'MIT',
    description: 'A script',
  };
  return { ...manifest, capabilities: capabilitiesOf(manifest, 'rq') };
}

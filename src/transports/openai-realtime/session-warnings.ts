import type { AudioFormat } from '../../audio/audio.types.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { RecognitionEvent, RecognitionStream } from '../../recognition/live/recognition-stream.js';
import type { LiveWarnings } from '../../transcripts/warnings/live-warnings.js';
import type { TransportObservers } from '../shared/transport-observer.js';
import { warningsFor } from '../shared/warnings.js';
import type { LiveConnection } from '../shared/live-connection.js';

/** Less loud audio tells nothing. */
const leastSeconds = 2;
/** So much of it without a word is worth a look, although no final asks for one. */
const wordlessSeconds = 8;

/** Looks once in a session for what its client most likely does wrong, as soon as there is reason to. */
export class SessionWarnings {
  private stream: RecognitionStream | undefined;
  private awaitsQuiet = false;
  private looking: Promise<void> | undefined;

  /**
   * @param level of all audio so far, the larger of LUFS and dBFS
   * @param onFound called where there is something to tell
   */
  constructor(
    private readonly live: LiveWarnings,
    private readonly connection: LiveConnection,
    private readonly observers: TransportObservers,
    private readonly level: () => number,
    private readonly onFound: (warnings: readonly Warning[]) => void,
  ) {}

  /** @param stream that the samples are for */
  received(
    bytes: Uint8Array,
    format: AudioFormat | undefined,
    samples: readonly Float32Array[],
    stream: RecognitionStream,
  ): void {
    this.stream = stream;
    this.live.addBytes(bytes, format, samples);
    if (this.awaitsQuiet || this.live.keptSeconds < wordlessSeconds) return;
    this.awaitsQuiet = true;
    // Audio may come faster than it is heard: before that, nothing is known of it.
    void stream.quiet().then(() => this.look());
  }

  /** To be awaited before a client is told of an event: a final that makes no sense waits for its warning, once. */
  async before(event: RecognitionEvent): Promise<void> {
    if (event.type === 'segment-final') this.live.addFinal(event.segment);
    else if (event.type !== 'finalized') return;
    if (this.live.keptSeconds >= leastSeconds) await this.look();
  }

  private async look(): Promise<void> {
    if (this.looking === undefined && this.live.understood) return;
    this.looking ??= this.find();
    await this.looking;
  }

  private async find(): Promise<void> {
    const { signal } = this.connection;
    const found = await this.live.find(this.level(), this.stream?.peakProbability ?? 1, signal);
    if (signal.aborted) return;
    const warnings = warningsFor(found, this.connection.origin, this.observers);
    if (warnings.length > 0) this.onFound(warnings);
  }
}

import type { AudioFormat } from '../../audio/audio.types.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { RecognitionEvent, RecognitionStream } from '../../recognition/live/recognition-stream.js';
import type { LiveWarnings } from '../../transcripts/warnings/live-warnings.js';
import type { TransportObservers } from '../shared/transport-observer.js';
import { warningsFor } from '../shared/warnings.js';
import type { LiveConnection } from '../shared/live-connection.js';

/** With less loud audio than this, nothing can be found. */
const leastSeconds = 2;
/** This much loud audio without a word is examined, although there is no final. */
const wordlessSeconds = 8;

/** Finds the likely mistakes of a client, once in a session, as soon as there is reason to look. */
export class SessionWarnings {
  private stream: RecognitionStream | undefined;
  private awaitsQuiet = false;
  private looking: Promise<void> | undefined;

  /**
   * @param level of all audio so far, the larger of LUFS and dBFS
   * @param onFound called where there are warnings
   */
  constructor(
    private readonly live: LiveWarnings,
    private readonly connection: LiveConnection,
    private readonly observers: TransportObservers,
    private readonly level: () => number,
    private readonly onFound: (warnings: readonly Warning[]) => void,
  ) {}

  /** @param stream that the blocks are for */
  received(
    bytes: Uint8Array,
    format: AudioFormat | undefined,
    blocks: LiveBlocks,
    stream: RecognitionStream,
  ): void {
    this.stream = stream;
    this.live.addBytes(bytes, format, blocks);
    if (this.awaitsQuiet || this.live.keptSeconds < wordlessSeconds) return;
    this.awaitsQuiet = true;
    // Audio may come faster than it is recognized: before that, nothing is known about it.
    void stream.quiet().then(() => this.look());
  }

  /** To be awaited before an event is sent: the first final that makes no sense waits for its warning. */
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

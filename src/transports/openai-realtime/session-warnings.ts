import type { AudioFormat } from '../../audio/audio.types.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { RecognitionEvent } from '../../recognition/streaming/recognition-stream.js';
import type { LiveWarnings } from '../../transcripts/warnings/live-warnings.js';
import type { TransportObservers } from '../shared/transport-observer.js';
import { warningsFor } from '../shared/warnings.js';
import type { WebSocketConnection } from '../shared/web-socket-connection.js';

/** Less loud audio tells nothing. */
const leastSeconds = 2;
/** So much of it without a word is worth a look, although no final asks for one. */
const wordlessSeconds = 8;

/** What was heard of a session so far. */
export interface HeardSoFar {
  readonly level: number;
  readonly peakProbability: number;
}

/** Looks once in a session for what its client most likely does wrong, as soon as there is reason to. */
export class SessionWarnings {
  private looked = false;

  /** @param onFound called where there is something to tell */
  constructor(
    private readonly live: LiveWarnings,
    private readonly connection: WebSocketConnection,
    private readonly observers: TransportObservers,
    private readonly heardSoFar: () => HeardSoFar,
    private readonly onFound: (warnings: readonly Warning[]) => void,
  ) {}

  received(bytes: Uint8Array, format: AudioFormat | undefined, samples: readonly Float32Array[]): void {
    this.live.received(bytes, format, samples);
    if (this.live.keptSeconds >= wordlessSeconds) void this.look();
  }

  /** To be awaited before a client is told of an event: a final that makes no sense waits for its warning, once. */
  async before(event: RecognitionEvent): Promise<void> {
    if (event.type === 'segment-final') this.live.heard(event.segment);
    else if (event.type !== 'finalized') return;
    if (this.live.keptSeconds >= leastSeconds) await this.look();
  }

  private async look(): Promise<void> {
    if (this.looked || this.live.understood) return;
    this.looked = true;
    const { level, peakProbability } = this.heardSoFar();
    const found = await this.live.find(level, peakProbability, this.connection.signal);
    const warnings = warningsFor(found, this.connection.origin, this.observers);
    if (warnings.length > 0) this.onFound(warnings);
  }
}

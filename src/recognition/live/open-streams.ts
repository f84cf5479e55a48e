import type { LiveStreams } from '../recognizer.js';
import type { RecognitionStream } from './recognition-stream.js';

/** The live streams that are open: their lag shows whether the service keeps up. */
export class OpenStreams implements LiveStreams {
  private readonly streams = new Set<RecognitionStream>();

  add(stream: RecognitionStream): void {
    this.streams.add(stream);
  }

  delete(stream: RecognitionStream): void {
    this.streams.delete(stream);
  }

  get open(): number {
    return this.streams.size;
  }

  get worstLagMs(): number {
    let worst = 0;
    for (const stream of this.streams) worst = Math.max(worst, stream.lagMs);
    return worst;
  }
}

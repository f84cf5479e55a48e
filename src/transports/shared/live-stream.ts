import { onAbort } from '../../common/on-abort.js';
import type { ShutdownState } from '../../common/shutdown-state.js';
import type { LiveBlock, LiveBlocks } from '../../normalization/live-chains.js';
import type { RecognitionEvent, RecognitionStream } from '../../recognition/live/recognition-stream.js';
import type { LiveInput, LiveSink } from './live-connection.js';

/** Gives audio to a stream; a client that sends them faster than they are recognized has to wait. */
export function feed(sink: LiveSink, stream: RecognitionStream, block: LiveBlock): void {
  feedEach(sink, [stream], [block]);
}

/** The same for several streams of one client: it goes on when all of them have drained. */
export function feedEach(sink: LiveSink, streams: readonly RecognitionStream[], blocks: LiveBlocks): void {
  const full = streams.filter((stream, at) => {
    const block = blocks[at];
    return block !== undefined && !stream.acceptWaveform(block.samples, block.rows);
  });
  if (full.length === 0) return;
  sink.pause();
  void Promise.all(full.map((stream) => stream.drained())).then(() => sink.resume());
}

/**
 * Presents the events of a stream one by one, as fast as the client reads them, until the last one.
 * @throws what the stream throws
 */
export async function follow(
  sink: LiveSink,
  stream: RecognitionStream,
  present: (event: RecognitionEvent) => void | Promise<void>,
): Promise<void> {
  for await (const event of stream) {
    await present(event);
    await sink.writable();
  }
}

/**
 * When the service ends, the input of one client ends at a moment at which nobody speaks in any of its streams, and
 * early enough before the end of the grace in any case. Until then nothing changes for the client: a
 * silent client can still have something to say.
 * @param signal aborted when the streams are gone
 */
export function endWithService(
  input: LiveInput,
  streams: readonly RecognitionStream[],
  shutdown: ShutdownState,
  signal: AbortSignal,
): void {
  const atOnce = (): void => {
    for (const stream of streams) stream.inputFinished();
  };
  const atEndpoint = async (): Promise<void> => {
    while (!(input.allHandedOver && streams.every(({ isQuiet }) => isQuiet))) {
      await Promise.all([input.handedOver(), ...streams.map((stream) => stream.quiet())]);
    }
    atOnce();
  };
  onAbort(shutdown.beginning, () => void atEndpoint(), signal);
  onAbort(shutdown.inputEnding, atOnce, signal);
}

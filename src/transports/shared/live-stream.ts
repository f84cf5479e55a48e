import type { ShutdownState } from '../../common/shutdown-state.js';
import type { RecognitionEvent, RecognitionStream } from '../../recognition/streaming/recognition-stream.js';
import type { WebSocketConnection } from './web-socket-connection.js';

/** Gives samples to a stream, and lets the client wait where it sends faster than they are heard. */
export function feed(
  connection: WebSocketConnection,
  stream: RecognitionStream,
  samples: Float32Array,
): void {
  feedEach(connection, [stream], [samples]);
}

/** The same for several streams of one client: it goes on when all of them have drained. */
export function feedEach(
  connection: WebSocketConnection,
  streams: readonly RecognitionStream[],
  blocks: readonly Float32Array[],
): void {
  const full = streams.filter((stream, at) => {
    const samples = blocks[at];
    return samples !== undefined && samples.length > 0 && !stream.acceptWaveform(samples);
  });
  if (full.length === 0) return;
  connection.pause();
  void Promise.all(full.map((stream) => stream.drained())).then(() => connection.resume());
}

/**
 * Hands over the events of a stream one by one, as fast as the client reads them, until the last one. When the
 * service ends, the stream ends at its next endpoint, and at the end of the grace in any case.
 * @throws what the stream throws
 */
export async function follow(
  connection: WebSocketConnection,
  stream: RecognitionStream,
  shutdown: ShutdownState,
  present: (event: RecognitionEvent) => void,
): Promise<void> {
  const atEndpoint = (): void => stream.finishAtEndpoint();
  const atOnce = (): void => stream.inputFinished();
  shutdown.beginning.addEventListener('abort', atEndpoint);
  shutdown.signal.addEventListener('abort', atOnce);
  if (shutdown.beginning.aborted) atEndpoint();
  if (shutdown.signal.aborted) atOnce();
  try {
    for await (const event of stream) {
      present(event);
      await connection.writable();
    }
  } finally {
    shutdown.beginning.removeEventListener('abort', atEndpoint);
    shutdown.signal.removeEventListener('abort', atOnce);
  }
}

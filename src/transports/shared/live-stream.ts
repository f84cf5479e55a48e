import type { ShutdownState } from '../../common/shutdown-state.js';
import type { RecognitionEvent, RecognitionStream } from '../../recognition/streaming/recognition-stream.js';
import type { WebSocketConnection } from './web-socket-connection.js';

/** Gives samples to a stream, and lets the client wait where it sends faster than they are heard. */
export function feed(
  connection: WebSocketConnection,
  stream: RecognitionStream,
  samples: Float32Array,
): void {
  if (samples.length === 0 || stream.acceptWaveform(samples)) return;
  connection.pause();
  void stream.drained().then(() => connection.resume());
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

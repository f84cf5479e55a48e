import type { IncomingMessage } from 'node:http';

/** A body in pieces of one byte costs six bytes on the wire and a thousand times the work: no honest client sends it. */
const leastMeanBytes = 64;

/**
 * Counts the pieces in which a body arrives, whatever reads it.
 * @param allowed pieces before their size matters
 * @param onTiny called once, when they are tiny on average
 */
export function watchPieces(request: IncomingMessage, allowed: number, onTiny: () => void): void {
  const push = request.push.bind(request);
  let pieces = 0;
  let bytes = 0;
  let reported = false;
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding): boolean => {
    if (chunk !== null) {
      pieces++;
      bytes += chunk.length;
      if (!reported && pieces > allowed && bytes < pieces * leastMeanBytes) {
        reported = true;
        onTiny();
      }
    }
    return push(chunk, encoding);
  };
}

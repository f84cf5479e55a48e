import type { IncomingMessage } from 'node:http';

/**
 * Mean rate of a body over the last minute. The slowest speech that clients encode is faster, and so is the slowest mobile
 * network; a body that drips holds a place and memory for as long as a request may last.
 */
const leastBytesPerSecond = 1_024;
/** The time that a client has to begin. */
const firstCheckMs = 10_000;
const checkMs = 5_000;
const windowChecks = 12;

/**
 * Watches how fast a body arrives until it is complete, as long as the service takes what comes.
 * @param onSlow called once
 * @returns ends it
 */
export function watchRate(request: IncomingMessage, onSlow: () => void): () => void {
  const { socket } = request;
  /** Bytes read at the last checks, the oldest first. Counted by checks and not by the clock, which runs on while the process stands still. */
  const readAt = [socket.bytesRead];
  const timer = setInterval(() => {
    if (request.complete) {
      clearInterval(timer);
      return;
    }
    if (isHeldBack(request)) readAt.length = 0;
    readAt.push(socket.bytesRead);
    if (readAt.length > windowChecks + 1) readAt.shift();
    const ms = (readAt.length - 1) * checkMs;
    const bytes = readAt.at(-1)! - readAt[0]!;
    if (ms < firstCheckMs || bytes >= (leastBytesPerSecond * ms) / 1_000) return;
    clearInterval(timer);
    onSlow();
  }, checkMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whether bytes of the body wait for the service: then the client cannot send more of them. */
export function isHeldBack(request: IncomingMessage): boolean {
  return request.readableLength > 0;
}

export const tooSlow = `The body arrives at less than ${leastBytesPerSecond} bytes per second.`;

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { toSpeechError } from './error-answer.js';
import { contextOf } from './request-context.js';

/**
 * Answers with server-sent events. The first event is awaited before the status line is sent: a failure until then is an
 * ordinary error with its own status; a later one is an event.
 * A slow reader holds back the iterable, and so the work behind it.
 * @param describe the event for a failure after the start
 * @throws whatever `events` throws before its first event
 */
export async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterator<object>,
  signal: AbortSignal,
  describe: (error: unknown) => object,
): Promise<void> {
  let next = await events.next();
  const response = reply.raw;
  reply.hijack();
  response.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    // Nginx would hold the events back.
    'x-accel-buffering': 'no',
  });
  try {
    while (next.done !== true) {
      if (!response.write(frame(next.value))) await drained(response, signal);
      next = await events.next();
    }
    response.end();
  } catch (error) {
    const failure: unknown = signal.aborted ? signal.reason : error;
    contextOf(response.req).errorCode = toSpeechError(failure).code;
    if (!response.destroyed) response.end(frame(describe(failure)));
  } finally {
    await events.return?.();
  }
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const drain = once(response, 'drain', { signal });
  await (contextOf(response.req).recording?.awaitClient(drain) ?? drain);
}

function frame(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

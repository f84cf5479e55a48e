import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Configuration } from '../../config/configuration.js';
import { largestStructuredBytes, parseClientJson } from './client-json.js';
import { refuseEncodedBody } from './content-encoding.js';
import { clientGone, openLifetime, untilAborted } from './request-lifetime.js';
import { receiveUpload } from './upload.js';
import { Uploads } from './uploads.js';

/** Reads the small bodies of requests that send JSON and no recording. */
@Injectable()
export class JsonBodies {
  constructor(
    private readonly uploads: Uploads,
    private readonly shutdown: ShutdownState,
    private readonly configuration: Configuration,
  ) {}

  /**
   * @returns the fields of an object; those of an empty body are none
   * @throws SpeechError INVALID_REQUEST, BODY_TOO_LARGE, MEMORY_FULL, REQUEST_TIMEOUT, CANCELLED, SHUTTING_DOWN
   */
  async read(request: FastifyRequest, reply: FastifyReply): Promise<Record<string, unknown>> {
    refuseEncodedBody(request.headers);
    const signal = openLifetime(request.raw, reply.raw, {
      timeoutMs: this.configuration.get('REQUEST_TIMEOUT_MS'),
      shutdown: this.shutdown.signal,
    });
    return this.readWithin(request.raw, reply.raw, signal);
  }

  /**
   * The same within a lifetime that is open already.
   * @throws SpeechError INVALID_REQUEST, BODY_TOO_LARGE, MEMORY_FULL; the reason of the signal
   */
  async readWithin(
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const options = { limitBytes: largestStructuredBytes, isKept: true };
    const { recording } = this.uploads.begin(request, response, options);
    await untilAborted(receiveUpload(request, recording, clientGone), signal);
    const bytes = Buffer.from(recording.bytes());
    const body = bytes.length === 0 ? {} : parseClientJson(bytes);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
    throw new SpeechError('INVALID_REQUEST', 'The body must be a JSON object.');
  }
}

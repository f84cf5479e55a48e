import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes } from '../../common/errors/error-codes.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { answerAndClose } from './closing.js';
import { errorAnswer } from './error-answer.js';
import type { ErrorPresenter } from './error-answer.js';
import { requestIdHeader } from './request-id.js';

/**
 * Answers bytes that are not HTTP, or did not arrive in time: there is no request yet, so the answer is written by hand.
 */
export function refuseBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Socket,
  errors: ErrorPresenter,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TIMEOUT' : 'INVALID_REQUEST';
  const requestId = randomUUID();
  const answer = errorAnswer(new SpeechError(code, errorCodes[code].meaning), requestId, errors);
  const body = JSON.stringify(errors.body(answer));
  const head = [
    `HTTP/1.1 ${answer.status} ${code === 'REQUEST_TIMEOUT' ? 'Request Timeout' : 'Bad Request'}`,
    `${requestIdHeader}: ${requestId}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  answerAndClose(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers a path that the router cannot read: no hook and no filter runs for it. */
export function refuseUnroutable(request: FastifyRequest, reply: FastifyReply, errors: ErrorPresenter): void {
  const error = new SpeechError('INVALID_REQUEST', 'The path is not a valid URL.');
  const answer = errorAnswer(error, request.id, errors);
  void reply.status(answer.status).header(requestIdHeader, request.id).send(errors.body(answer));
}

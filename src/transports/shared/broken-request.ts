import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import { errorCodes } from '../../common/errors/error-codes.js';
import { answerAndClose } from './closing.js';
import { requestIdHeader } from './request-id.js';

/**
 * Answers what is not HTTP, or did not arrive in time: there is no request yet, so the answer is written by hand,
 * in the shape that most clients know.
 */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = codeFor(error.code);
  const { httpStatus, meaning } = errorCodes[code];
  const requestId = randomUUID();
  const body = JSON.stringify(openaiBody(code, meaning, requestId));
  const head = [
    `HTTP/1.1 ${httpStatus} ${code === 'REQUEST_TIMEOUT' ? 'Request Timeout' : 'Bad Request'}`,
    `${requestIdHeader}: ${requestId}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  answerAndClose(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers a path that the router cannot read: no hook and no filter runs for it. */
export function refuseUnroutable(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { httpStatus } = errorCodes.INVALID_REQUEST;
  void reply
    .status(httpStatus)
    .header(requestIdHeader, request.id)
    .send(openaiBody('INVALID_REQUEST', 'the path is not a valid URL', request.id));
}

function openaiBody(code: SpeechErrorCode, message: string, requestId: string): object {
  return {
    error: { message, type: errorCodes[code].openaiType, param: null, code, request_id: requestId },
  };
}

function codeFor(nodeCode: string | undefined): SpeechErrorCode {
  return nodeCode === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TIMEOUT' : 'INVALID_REQUEST';
}

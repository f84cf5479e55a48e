import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes } from '../../common/errors/error-codes.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { answerAndClose } from './closing.js';
import { errorAnswer } from './error-answer.js';
import type { ErrorPresenter } from './error-answer.js';
import { dueAnswer } from './http-connections.js';
import { contextOf } from './request-context.js';
import { requestIdHeader, uuidFor } from './request-id.js';
import type { WireProtocols } from './wire-protocol.js';

/** Connections whose next request is refused when the answer to the one before it is complete. */
const refusedNext = new WeakSet<Socket>();

/**
 * Answers bytes that are not HTTP, or did not arrive in time. The answer is written by hand, in the shape of the protocol of
 * the request whose body breaks, or else of the path that is in the bytes, if it is.
 */
export function refuseBrokenRequest(
  error: NodeJS.ErrnoException & { readonly rawPacket?: unknown },
  socket: Socket,
  protocols: WireProtocols,
): void {
  // A failed handshake of TLS, see refuseFailedHandshake, has no request either.
  const noRequest = error.code === 'ECONNRESET' || error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT';
  if (noRequest || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const due = dueAnswer(socket);
  if (due?.req.complete === true) {
    // The bytes are those of the next request: its answer comes after this one. Each further piece of it is an error again.
    if (refusedNext.has(socket)) return;
    refusedNext.add(socket);
    due.once('close', () => {
      refusedNext.delete(socket);
      refuseBrokenRequest(error, socket, protocols);
    });
    return;
  }
  if (due?.headersSent === true) {
    socket.destroy();
    return;
  }
  const code = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TIMEOUT' : 'INVALID_REQUEST';
  const path = due === undefined ? pathIn(error.rawPacket) : (due.req.url?.split('?', 1)[0] ?? '/');
  answerByHand(socket, new SpeechError(code, errorCodes[code].meaning), protocols.errorsAt(path), due?.req);
}

/**
 * Answers plain HTTP where TLS is spoken. Other failures of a handshake have nobody who could read an answer.
 * @param accepted the TCP connection below the TLS socket
 */
export function refuseFailedHandshake(
  error: NodeJS.ErrnoException,
  accepted: Socket | undefined,
  protocols: WireProtocols,
): void {
  if (error.code !== 'ERR_SSL_HTTP_REQUEST' || accepted?.writable !== true) {
    accepted?.destroy();
    return;
  }
  const sentence = 'This port speaks TLS, and not plain HTTP. Use https:// or wss://.';
  answerByHand(accepted, new SpeechError('INVALID_REQUEST', sentence), protocols.defaultErrors);
}

function answerByHand(
  socket: Socket,
  error: SpeechError,
  errors: ErrorPresenter,
  request?: IncomingMessage,
): void {
  const known = request === undefined ? undefined : contextOf(request).origin?.requestId;
  const requestId = known ?? randomUUID();
  const isUuid = request === undefined || errors.uuids !== true;
  const answer = errorAnswer(error, isUuid ? requestId : uuidFor(request, requestId), errors);
  const body = JSON.stringify(errors.body(answer));
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    `${requestIdHeader}: ${requestId}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...Object.entries(errors.headers?.(answer) ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  answerAndClose(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
}

/** The path of the first line. */
function pathIn(packet: unknown): string {
  const start = Buffer.isBuffer(packet) ? packet.toString('latin1', 0, 512) : '';
  return /^\s*\S+\s+(?:https?:\/\/[^/\s]*)?(\/[^\s?#]*)/i.exec(start)?.[1] ?? '/';
}

/** Answers a path that the router cannot read: no hook and no filter runs for it. */
export function refuseUnroutable(
  request: FastifyRequest,
  reply: FastifyReply,
  protocols: WireProtocols,
): void {
  const errors = protocols.errorsAt(request.url.split('?', 1)[0] ?? '/');
  const error = new SpeechError('INVALID_REQUEST', 'The path is not a valid URL.');
  const requestId = errors.uuids === true ? uuidFor(request.raw, request.id) : request.id;
  const answer = errorAnswer(error, requestId, errors);
  void reply
    .status(answer.status)
    .headers({ [requestIdHeader]: request.id, ...errors.headers?.(answer) })
    .send(errors.body(answer));
}

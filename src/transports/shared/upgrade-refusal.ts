import type { Duplex } from 'node:stream';
import type { SpeechError } from '../../common/errors/speech-error.js';
import { protocolHeaders, refusalHeaders, safetyHeaders } from './answer-headers.js';
import { answerAndClose } from './closing.js';
import { errorAnswer } from './error-answer.js';
import type { ErrorAnswer, ErrorPresenter } from './error-answer.js';
import { statusLine } from './header-text.js';
import { requestIdHeader } from './request-id.js';

/**
 * Answers a refused handshake by HTTP, in the shape of its protocol, and closes the connection.
 * @param answerId the id of the request in the form that the protocol's clients read
 */
export function refuseUpgrade(
  error: SpeechError,
  socket: Duplex,
  { requestId, answerId }: { readonly requestId: string; readonly answerId: string },
  errors: ErrorPresenter,
): ErrorAnswer {
  const answer = errorAnswer(error, answerId, errors);
  const body = JSON.stringify(errors.body(answer));
  const headers: Record<string, string> = {
    [requestIdHeader]: requestId,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...(error.code === 'METHOD_NOT_ALLOWED' ? { allow: 'GET' } : {}),
    // Where the version was wrong, this names the right one.
    ...(error.code === 'INVALID_REQUEST' ? { 'sec-websocket-version': '13' } : {}),
    ...safetyHeaders,
    ...protocolHeaders,
    ...refusalHeaders(error),
    ...errors.headers?.(answer),
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  answerAndClose(socket, `${statusLine(answer)}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
  return answer;
}

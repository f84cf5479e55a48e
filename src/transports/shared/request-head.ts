import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { SpeechError } from '../../common/errors/speech-error.js';

/** Options of a server whose requests `checkHead` sees. */
export const headsChecked = { requireHostHeader: false } as const;

/**
 * Passes on the requests that expect something, which Node answers by itself otherwise: `100 Continue` before the key is
 * checked, and 417 without a body. See `Uploads.begin`.
 */
export function passExpectations(server: Server): void {
  const pass = (request: IncomingMessage, response: ServerResponse): void =>
    void server.emit('request', request, response);
  server.on('checkContinue', pass);
  server.on('checkExpectation', pass);
}

/**
 * Letters of names, addresses and ports: neither a list nor a path. It may be empty (RFC 9112, 3.2): Deepgram's client for
 * Go sends none where its option `Host` has a scheme.
 */
const hostValue = /^[\w.~%!$&'()*+;=:[\]-]*$/;

/**
 * @throws SpeechError INVALID_REQUEST for another version than 1.0 and 1.1, without one Host header;
 *   EXPECTATION_FAILED
 */
export function checkHead({ headers, rawHeaders, httpVersion }: IncomingMessage): void {
  // Node's parser also takes 0.9 and 2.0 in the first line.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    throw new SpeechError('INVALID_REQUEST', 'The request is not of HTTP/1.1 or HTTP/1.0.');
  }
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    throw new SpeechError('INVALID_REQUEST', `The request has ${hosts} Host headers. Send one.`);
  }
  if (headers.host !== undefined && !hostValue.test(headers.host)) {
    throw new SpeechError('INVALID_REQUEST', 'The Host header is not the name or address of a host.');
  }
  // As Node searches it: "Expect: 100-continue, other" waits for nothing else either.
  if (headers.expect === undefined || /(?:^|\W)100-continue(?:$|\W)/i.test(headers.expect)) return;
  throw new SpeechError('EXPECTATION_FAILED', 'The only expectation that is met is 100-continue.');
}

import { errorCodes } from '../../../src/common/errors/error-codes.js';
import type { SpeechErrorCode } from '../../../src/common/errors/error-codes.js';
import { deepgramErrors } from '../../../src/transports/deepgram/deepgram-error.js';
import { Find } from '../fuzz-target.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** It has no body because it answers HEAD. */
  readonly isHead: boolean;
  /** Where the next answer begins. */
  readonly end: number;
}

/**
 * The answer that begins at `from`; undefined while it is not complete.
 * @param mayBeHead it may answer HEAD: with the length of a body that does not come
 * @throws Find for what is not an answer
 */
export function readAnswer(bytes: Buffer, from: number, mayBeHead = false): HttpAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n', from);
  if (headEnd < 0) return undefined;
  const [line, ...lines] = bytes.toString('latin1', from, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line!)?.[1]);
  if (Number.isNaN(status)) throw new Find(`not an answer: ${line!.slice(0, 40)}`);
  const headers = new Map(
    lines.map((header) => {
      const at = header.indexOf(':');
      return [header.slice(0, at).toLowerCase(), header.slice(at + 1).trim()] as const;
    }),
  );
  const begin = headEnd + 4;
  const isHead =
    mayBeHead && (begin === bytes.length || bytes.toString('latin1', begin, begin + 9) === 'HTTP/1.1 ');
  if (status < 200 || status === 204 || status === 304 || isHead) {
    return { status, headers, body: Buffer.alloc(0), isHead, end: begin };
  }
  if (headers.get('transfer-encoding') === 'chunked') return readChunks(bytes, begin, status, headers);
  const end = begin + Number(headers.get('content-length') ?? 0);
  return end > bytes.length ? undefined : { status, headers, body: bytes.subarray(begin, end), isHead, end };
}

function readChunks(
  bytes: Buffer,
  begin: number,
  status: number,
  headers: ReadonlyMap<string, string>,
): HttpAnswer | undefined {
  const parts: Buffer[] = [];
  for (let at = begin; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (end > bytes.length) return undefined;
    if (size === 0) return { status, headers, body: Buffer.concat(parts), isHead: false, end };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = end;
  }
}

/** @returns the code of an error answer; undefined for an answer that is none, or has no body. @throws Find */
export function checkAnswer({ status, headers, body, isHead }: HttpAnswer): SpeechErrorCode | undefined {
  if (status < 400) return undefined;
  if (status >= 500 && status !== 503) {
    throw new Find(`${status}: ${codeIn(body) ?? body.toString('latin1').slice(0, 200)}`);
  }
  if (!headers.has('x-request-id')) throw new Find(`${status} without a request id`);
  if (status === 503 && !headers.has('retry-after')) throw new Find('503 without Retry-After');
  if (isHead) return undefined;
  const given = JSON.stringify(body.toString('latin1').slice(0, 200));
  const code = codeIn(body);
  if (code === undefined) throw new Find(`${status} without a code of the table: ${given}`);
  const { httpStatus } = errorCodes[code];
  if (status !== httpStatus && status !== deepgramErrors.statuses?.[code]) {
    throw new Find(`${code} with status ${status}`);
  }
  return code;
}

/** The code of an error in the shape of either protocol. */
function codeIn(body: Buffer): SpeechErrorCode | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  const { error, err_code: deepgram } = (parsed ?? {}) as { error?: { code?: unknown }; err_code?: unknown };
  const code = deepgram ?? error?.code;
  return typeof code === 'string' && Object.hasOwn(errorCodes, code) ? (code as SpeechErrorCode) : undefined;
}

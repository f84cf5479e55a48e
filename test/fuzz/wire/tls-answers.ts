import { Find } from '../fuzz-target.js';
import { checkAnswer, readAnswer } from './http-answers.js';

const headBytes = 5;
/** With what encryption adds. */
const largestRecordBytes = 16_384 + 256;
const alertType = 21;
const types: ReadonlyMap<number, string> = new Map([
  [20, 'change of ciphers'],
  [alertType, 'alert'],
  [22, 'handshake'],
  [23, 'data'],
]);

/**
 * What the service has sent on a port that speaks TLS: records, or an answer to plain HTTP.
 * @returns a row of the summary
 * @throws Find for anything else
 */
export function tlsOutcome(answer: Buffer): string {
  if (answer.length === 0) return 'closed';
  if (answer.toString('latin1', 0, 5) === 'HTTP/') {
    const read = readAnswer(answer, 0);
    if (read === undefined || read.end !== answer.length) throw new Find('half an answer to plain HTTP');
    return `plain HTTP: ${checkAnswer(read) ?? read.status}`;
  }
  let last = '';
  for (let at = 0; at < answer.length;) {
    const type = types.get(answer[at]!);
    const isRecord = type !== undefined && answer.length >= at + headBytes;
    if (!isRecord) throw new Find(`bytes that are no record: ${answer.toString('hex', at, at + 10)}`);
    const length = answer.readUInt16BE(at + 3);
    if (length > largestRecordBytes) throw new Find(`a record of ${length} bytes`);
    const end = at + headBytes + length;
    // An alert after the keys are agreed on is encrypted.
    last = answer[at] === alertType && length === 2 ? `alert ${answer[end - 1]!}` : type;
    at = end;
  }
  return last === 'alert' || !last.startsWith('alert') ? 'handshake' : last;
}

import type { ErrorAnswer } from './error-answer.js';

const maxCharacters = 1_000;
const maxReasonCharacters = 200;

/** A sentence as it may stand in a header or a status line: printable ASCII, of bounded length. */
export function headerText(sentence: string): string {
  return sentence.replace(/[^\x20-\x7e]+/g, ' ').slice(0, maxCharacters);
}

/**
 * The status line of a refused handshake, with why it was refused as its reason phrase: some clients show the status
 * line and nothing else of the answer, and none needs the usual phrase.
 */
export function statusLine({
  status,
  code,
  message,
}: Pick<ErrorAnswer, 'status' | 'code' | 'message'>): string {
  return `HTTP/1.1 ${status} ${headerText(`${code}: ${message}`).slice(0, maxReasonCharacters)}`;
}

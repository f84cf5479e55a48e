import { SpeechError } from '../../common/errors/speech-error.js';

/** Up to this size JSON.parse takes less than a millisecond or two, whatever the structure. */
export const largestStructuredBytes = 65_536;
/** Bytes of a larger message that may be outside of its strings: structure, numbers and blanks. */
const bytesOutsideAtMost = 512;
/** Quotes inside of the strings of a larger message. */
const escapedQuotesAtMost = 256;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses a message of a client. A large one may only be a few large strings, as audio in base64 is: sixteen megabytes of
 * brackets would occupy the thread of all sockets for seconds, and become a gigabyte of objects.
 * @throws SpeechError INVALID_REQUEST
 */
export function parseClientJson(data: Buffer): unknown {
  if (data.length > largestStructuredBytes && !hasFewParts(data)) {
    throw new SpeechError(
      'INVALID_REQUEST',
      `A message of more than ${largestStructuredBytes} bytes may have few fields, and only audio may be large.`,
    );
  }
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (error) {
    // A parse error quotes the message.
    if (!(error instanceof SyntaxError)) throw error;
    throw new SpeechError('INVALID_REQUEST', 'This message is not JSON.');
  }
}

/** Jumps from quote to quote by a search that is native, so that a string of megabytes takes about a millisecond. */
function hasFewParts(data: Buffer): boolean {
  let outside = 0;
  let escapedQuotes = 0;
  for (let at = 0; at < data.length; at++) {
    outside++;
    if (outside > bytesOutsideAtMost) return false;
    if (data[at] !== quote) continue;
    at = data.indexOf(quote, at + 1);
    while (at >= 0 && isEscaped(data, at)) {
      escapedQuotes++;
      if (escapedQuotes > escapedQuotesAtMost) return false;
      at = data.indexOf(quote, at + 1);
    }
    // A string without an end.
    if (at < 0) return false;
  }
  return true;
}

/** Whether an odd number of backslashes is before the quote. */
function isEscaped(data: Buffer, at: number): boolean {
  let first = at;
  while (data[first - 1] === backslash) first--;
  return (at - first) % 2 === 1;
}

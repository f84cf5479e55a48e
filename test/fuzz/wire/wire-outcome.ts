import type { SpeechErrorCode } from '../../../src/common/errors/error-codes.js';
import { Find } from '../fuzz-target.js';
import type { FuzzOutcome } from '../fuzz-target.js';
import { checkAnswer, readAnswer } from './http-answers.js';
import type { WireInput } from './request-input.js';
import { checkFrames } from './socket-answers.js';

const switched = 101;
/** Codes that may come after some audio was decoded. */
const afterAudio: readonly SpeechErrorCode[] = ['AUDIO_CORRUPT', 'AUDIO_TOO_LONG'];

/** An answer to HEAD has the length of a body that does not come. */
function mayBeHead(sent: string): boolean {
  return sent.includes('HEAD ');
}

function textOf(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString('latin1');
}

/** @returns whether the answer is complete: its reader ends the connection then, so that the service need not wait for more */
export function completenessOf({ pieces }: WireInput): (answer: Buffer) => boolean {
  const isHead = mayBeHead(textOf(pieces));
  return (answer) => {
    let read = readAnswer(answer, 0, isHead);
    // The answer follows those that are only on the way to it, such as 100.
    while (read !== undefined && read.status < 200 && read.status !== switched) {
      read = readAnswer(answer, read.end, isHead);
    }
    return read !== undefined && read.status >= 200;
  };
}

/** @throws Find for an answer that does not hold to the documents */
export function outcomeOf(answer: Buffer, { pieces, options }: WireInput): Omit<FuzzOutcome, 'cpuMs'> {
  const sent = textOf(pieces);
  const labels: string[] = [];
  let refused = false;
  for (let at = 0; at < answer.length;) {
    const read = readAnswer(answer, at, mayBeHead(sent));
    if (read === undefined) break;
    at = read.end;
    if (read.status === switched) {
      const channel = sent.includes('/v1/realtime') ? 'realtime' : 'listen';
      labels.push(checkFrames(answer.subarray(at), channel));
      break;
    }
    const code = checkAnswer(read);
    refused ||= code !== undefined && !afterAudio.includes(code);
    if (read.status >= 200) labels.push(code ?? `${read.status}`);
  }
  const { ending, isWhole } = options;
  if (labels.length === 0 && isWhole && ending === 'answer') throw new Find('no answer');
  return { label: labels[0] ?? 'none', refused: refused && labels.length === 1 };
}

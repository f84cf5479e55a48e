import type { SpeechErrorCode } from '../../../src/common/errors/error-codes.js';
import { Find } from '../fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from '../fuzz-target.js';
import { exchange } from '../wire/exchange.js';
import { checkAnswer, readAnswer } from '../wire/http-answers.js';
import { requestInput } from '../wire/request-input.js';
import type { WireInput } from '../wire/request-input.js';
import { ServiceUnderFuzz } from '../wire/service-under-fuzz.js';
import { checkFrames } from '../wire/socket-answers.js';
import { socketInput } from '../wire/socket-input.js';

/** The real service behind a socket. */
abstract class WireTarget implements FuzzTarget {
  abstract readonly name: string;

  protected constructor(private readonly service: ServiceUnderFuzz) {}

  abstract make(seed: number): WireInput;

  async run(given: FuzzInput): Promise<FuzzOutcome> {
    const input = given as WireInput;
    const before = this.service.cpuMs();
    const answer = await exchange(this.service.url, input.pieces, input.options, isComplete);
    const outcome = outcomeOf(answer, input);
    return { ...outcome, cpuMs: this.service.cpuMs() - before };
  }

  checkAfterwards(): Promise<void> {
    return this.service.checkIsIdle();
  }

  memoryBytes(): Promise<number> {
    return Promise.resolve(this.service.memoryBytes());
  }

  end(): Promise<void> {
    return this.service.end();
  }
}

/** Requests: forms, bodies, queries, heads. */
export class RequestsTarget extends WireTarget {
  readonly name = 'requests';

  static async open(): Promise<RequestsTarget> {
    return new RequestsTarget(await ServiceUnderFuzz.start());
  }

  make(seed: number): WireInput {
    return requestInput(seed);
  }
}

/** Handshakes, frames and messages of the live protocols. */
export class SocketsTarget extends WireTarget {
  readonly name = 'sockets';

  static async open(): Promise<SocketsTarget> {
    return new SocketsTarget(await ServiceUnderFuzz.start());
  }

  make(seed: number): WireInput {
    return socketInput(seed);
  }
}

const switched = 101;
/** Codes that may come after some audio was decoded. */
const afterAudio: readonly SpeechErrorCode[] = ['AUDIO_CORRUPT', 'AUDIO_TOO_LONG'];

/** A client that reads this ends the connection, so that the service need not wait for more. */
function isComplete(answer: Buffer): boolean {
  const first = readAnswer(answer, 0);
  return first !== undefined && first.status >= 200;
}

/** @throws Find for an answer that does not hold to the documents */
function outcomeOf(answer: Buffer, { pieces, options }: WireInput): Omit<FuzzOutcome, 'cpuMs'> {
  const sent = Buffer.concat(pieces).toString('latin1');
  // An answer to HEAD has the length of a body that does not come.
  const mayBeHead = sent.includes('HEAD ');
  const labels: string[] = [];
  let refused = false;
  for (let at = 0; at < answer.length && !mayBeHead;) {
    const read = readAnswer(answer, at);
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
  if (labels.length === 0 && isWhole && ending === 'answer' && !mayBeHead) throw new Find('no answer');
  return { label: labels[0] ?? 'none', refused: refused && labels.length === 1 };
}

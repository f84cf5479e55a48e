import { setTimeout as sleep } from 'node:timers/promises';
import type { ResultsMessage } from '../../src/transports/deepgram/listen-live.presenter.js';
import { countWordErrors, errorCount, wordsOf } from '../../src/evaluation/word-error-rate.js';
import { ListenClient, transcriptOf } from './listen-client.js';
import type { Recording } from './recordings.js';

const bytesPerSecond = 32_000;
const frameBytes = 3_200;
const pauseSeconds = 1;
const query = 'encoding=linear16&sample_rate=16000&endpointing=500';
/** Between two tries to connect. */
const retryMs = 200;

interface Spoken {
  readonly recording: Recording;
  readonly fromSeconds: number;
  /** Where the talker was when it ended, or when the socket did. */
  readonly toSeconds: number;
  readonly whole: boolean;
}

export interface Heard {
  readonly reference: string;
  readonly text: string;
}

/**
 * Somebody who speaks at the speed of speech, one recording after the other, with pauses that last until the final is
 * there, and connects again when the socket is closed. Speech without a final by then is repeated.
 */
export class Talker {
  /** Every utterance that has its final, in spoken order. */
  readonly heard: Heard[] = [];
  /** Said to the end on a socket that was closed in order, and without a final all the same. */
  readonly lost: string[] = [];
  readonly closeCodes: number[] = [];
  /** Handshakes that failed. */
  readonly refused: string[] = [];
  /** Messages that the AsyncAPI document does not allow. */
  readonly faults: string[] = [];
  /** Who serves it now, by the header of the proxy. */
  servedBy: string | undefined;
  /** Seconds of speech, on all of its sockets. */
  spokenSeconds = 0;
  /** Somebody is heard at this moment: an utterance has begun and not ended. */
  speaking = false;
  /** Whether the last message of each socket that was closed in order was its metadata. */
  readonly lastWords: string[] = [];
  private readonly toSay: Recording[] = [];
  private next: number;
  private ending = false;
  private abandoned = false;
  private client: ListenClient | undefined;
  private finalsBefore = 0;

  /** @param at which recording is said first; talkers differ in it */
  constructor(
    private readonly url: string,
    private readonly recordings: readonly Recording[],
    private readonly at: number,
  ) {
    this.next = at;
  }

  /** Finals that have come, on all of its sockets. */
  get finals(): number {
    return this.finalsBefore + (this.client?.finals().length ?? 0);
  }

  /** Stops after the current utterance and those that have to be repeated. */
  stop(): void {
    this.ending = true;
  }

  /** Leaves in the middle of a word, and does not come back. */
  abandon(): void {
    this.abandoned = true;
    this.client?.socket.terminate();
  }

  /** Until `stop()` or `abandon()`. */
  async run(): Promise<void> {
    let code: number | undefined;
    while (code !== 1000 && !this.abandoned) code = await this.converse();
  }

  /** One socket, from its handshake to its end. @returns how it was closed */
  async converse(): Promise<number> {
    const client = await this.connect();
    this.client = client;
    this.servedBy = (await client.headers())['x-served-by'] as string | undefined;
    const spoken = await this.speak(client);
    const { code } = await client.closed;
    this.closeCodes.push(code);
    this.faults.push(...client.faults);
    if (code !== 1006) this.lastWords.push(client.messages.at(-1)?.type ?? 'nothing');
    this.settle(client, spoken, code);
    this.finalsBefore = this.finals;
    this.client = undefined;
    return code;
  }

  private async connect(): Promise<ListenClient> {
    for (;;) {
      try {
        return await ListenClient.open(this.url, query);
      } catch (error) {
        if (this.abandoned) throw error;
        this.refused.push(String(error));
        await sleep(retryMs);
      }
    }
  }

  private async speak(client: ListenClient): Promise<readonly Spoken[]> {
    const open = (): boolean => client.socket.readyState === client.socket.OPEN;
    const startedAt = performance.now();
    const spoken: Spoken[] = [];
    let sentBytes = 0;
    const send = async (bytes: Uint8Array): Promise<void> => {
      for (let at = 0; at < bytes.length && open(); at += frameBytes) {
        const frame = bytes.subarray(at, at + frameBytes);
        client.send(frame);
        sentBytes += frame.length;
        if (this.speaking) this.spokenSeconds += frame.length / bytesPerSecond;
        await sleep(Math.max(0, startedAt + (sentBytes / bytesPerSecond) * 1_000 - performance.now()));
      }
    };
    // So that not all of them speak and pause at the same time.
    await send(new Uint8Array((this.at % 10) * frameBytes));
    while (open()) {
      const recording = this.toSay.shift() ?? (this.ending ? undefined : this.nextRecording());
      if (recording === undefined) {
        client.send({ type: 'CloseStream' });
        break;
      }
      const fromSeconds = sentBytes / bytesPerSecond;
      this.speaking = true;
      await send(recording.pcm);
      this.speaking = false;
      const toSeconds = sentBytes / bytesPerSecond;
      spoken.push({ recording, fromSeconds, toSeconds, whole: open() });
      await send(new Uint8Array(pauseSeconds * bytesPerSecond));
      while (open() && finalsOf(client, fromSeconds, toSeconds).at(-1)?.speech_final !== true)
        await send(new Uint8Array(frameBytes));
    }
    return spoken;
  }

  private nextRecording(): Recording {
    return this.recordings[this.next++ % this.recordings.length]!;
  }

  private settle(client: ListenClient, spoken: readonly Spoken[], code: number): void {
    const again: Recording[] = [];
    for (const { recording, fromSeconds, toSeconds, whole } of spoken) {
      const finals = finalsOf(client, fromSeconds, toSeconds);
      const text = finals.map((final) => transcriptOf(final)).join(' ');
      if (finals.at(-1)?.speech_final === true) this.heard.push({ reference: recording.text, text });
      else {
        if (whole && code !== 1006) this.lost.push(recording.id);
        again.push(recording);
      }
    }
    this.toSay.unshift(...again);
  }
}

function finalsOf(client: ListenClient, fromSeconds: number, toSeconds: number): ResultsMessage[] {
  return client.finals().filter(({ start, duration }) => {
    const middle = start + duration / 2;
    return middle > fromSeconds && middle < toSeconds;
  });
}

export function errorsBetween(reference: string, text: string): number {
  return errorCount(countWordErrors(wordsOf(reference), wordsOf(text)));
}

import type { RecognitionEvent, RecognitionStream } from '../../recognition/live/recognition-stream.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import type { Conversation } from './conversation.js';
import type { InputBuffer } from './input-buffer.js';

/** Makes items of the events of one stream, as the detector or the client divides them. */
export interface Turns {
  apply(event: RecognitionEvent): void;
  /** To be called before audio is appended. */
  beforeAudio(): void;
  /** @param eventId the client's, for an error about it */
  commit(eventId: string | null): void;
  clear(): void;
  /** The stream has ended: every item that was committed, or has a transcript so far, is completed. */
  end(): void;
  /** The stream has failed: every item that was committed fails. */
  fail(error: SpeechError): void;
}

export interface TurnsParts {
  readonly conversation: Conversation;
  readonly stream: RecognitionStream;
  readonly buffer: InputBuffer;
  /** Where the stream begins in the session. */
  readonly offsetMs: number;
  /** The model's. */
  readonly language: string;
}

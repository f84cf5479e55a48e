import { errorCodes } from '../../common/errors/error-codes.js';
import type { SpeechError } from '../../common/errors/speech-error.js';

/** How a socket is closed once everything is sent. Deepgram's clients connect again after every code but 1000. */
export interface ListenEnding {
  readonly code: number;
  /** At most 123 bytes. */
  readonly reason: string;
  /** Sent in place of the metadata. */
  readonly error?: SpeechError;
}

/** At the request of the client. */
export const closed: ListenEnding = { code: 1000, reason: '' };

export const idle: ListenEnding = {
  code: 1011,
  reason: 'NET-0001: neither audio nor KeepAlive came within the timeout',
};

/** KeepAlive alone does not hold a place for ever. */
export const withoutAudio: ListenEnding = {
  code: 1011,
  reason: 'NET-0001: no audio came within the timeout',
};

/** A client that has more audio may come back at once. */
export const expired: ListenEnding = { code: 1001, reason: 'the session has lasted as long as it may' };

/** Another server, or this one after its restart, can continue the stream. */
export const restart: ListenEnding = { code: 1012, reason: 'service restart' };

export const unreadable: ListenEnding = { code: 1008, reason: 'too many messages that cannot be read' };

/** @param error of the audio or ours */
export function failed(error: SpeechError): ListenEnding {
  if (error.code === 'SHUTTING_DOWN') return restart;
  const clientsFault = errorCodes[error.code].httpStatus < 500;
  return clientsFault
    ? { code: 1008, reason: `DATA-0000: ${error.code}`, error }
    : { code: 1011, reason: error.code, error };
}

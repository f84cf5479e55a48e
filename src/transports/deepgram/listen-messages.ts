import { SpeechError } from '../../common/errors/speech-error.js';
import { parseClientJson } from '../shared/client-json.js';

/** Text messages that a client may send. */
export type ListenMessage =
  | { readonly type: 'KeepAlive' }
  | {
      readonly type: 'Finalize';
      /** One of a multichannel stream; all channels without it. */
      readonly channel?: number;
    }
  | { readonly type: 'CloseStream' };

const types: Readonly<Record<ListenMessage['type'], true>> = {
  KeepAlive: true,
  Finalize: true,
  CloseStream: true,
};

export const listenMessageTypes = Object.keys(types) as readonly ListenMessage['type'][];

/**
 * @param channels how many are recognized by themselves
 * @throws SpeechError INVALID_REQUEST, INVALID_FIELD
 */
export function readListenMessage(data: Buffer, channels: number): ListenMessage {
  const given = parsed(data);
  const type = typeof given === 'object' && given !== null && 'type' in given ? given.type : undefined;
  const known = listenMessageTypes.find((name) => name === type);
  if (known === undefined) {
    throw new SpeechError(
      'INVALID_REQUEST',
      `A text message must be a JSON object whose type is one of ${listenMessageTypes.join(', ')}. Audio is sent as binary messages.`,
    );
  }
  if (known !== 'Finalize') return { type: known };
  const channel = (given as { readonly channel?: unknown }).channel ?? undefined;
  if (channel === undefined) return { type: known };
  if (typeof channel !== 'number' || !Number.isInteger(channel) || channel < 0 || channel >= channels) {
    throw new SpeechError('INVALID_FIELD', `channel must be a whole number from 0 to ${channels - 1}.`, {
      param: 'channel',
    });
  }
  return { type: known, channel };
}

function parsed(data: Buffer): unknown {
  try {
    return parseClientJson(data);
  } catch {
    return undefined;
  }
}

import { getMetadataStorage } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/common/errors/error-codes.js';
import { ListenLiveQuery } from '../../src/transports/deepgram/listen-live-query.dto.js';
import { listenServerMessageTypes } from '../../src/transports/deepgram/listen-live.presenter.js';
import { listenMessageTypes } from '../../src/transports/deepgram/listen-messages.js';
import { asyncApi, faultsOf, messagesOf } from '../support/async-api.js';

/** Of messages that are JSON. */
const names = (channel: string, action: 'send' | 'receive'): string[] =>
  messagesOf(channel, action)
    .filter(({ contentType }) => contentType === undefined)
    .map(({ name }) => name)
    .sort();

describe('the AsyncAPI document', () => {
  it('has every error code, and no other', () => {
    expect(asyncApi.components.schemas['errorCode']?.enum).toEqual(Object.keys(errorCodes));
  });

  it.each(Object.keys(asyncApi.channels))('has for %s examples that keep to their schemas', (channel) => {
    for (const action of ['send', 'receive'] as const) {
      for (const { name, contentType, examples = [] } of messagesOf(channel, action)) {
        if (contentType === undefined) expect(examples, name).not.toHaveLength(0);
        for (const { payload } of examples) {
          expect(payload.type).toBe(name);
          expect(faultsOf(channel, action, payload)).toEqual([]);
        }
      }
    }
  });

  it('does not take what its schemas do not say', () => {
    const type = 'SpeechStarted';
    expect(faultsOf('listen', 'send', { type })).not.toEqual([]);
    const message = { type, channel: [0, 1], timestamp: 1 };
    expect(faultsOf('listen', 'send', message)).toEqual([]);
    expect(faultsOf('listen', 'send', { ...message, more: 1 } as { type: string })).not.toEqual([]);
  });
});

describe('/v1/listen in the AsyncAPI document', () => {
  it('has every message that is sent, and no other', () => {
    expect(names('listen', 'send')).toEqual([...listenServerMessageTypes].sort());
  });

  it('has every message that is taken, and no other', () => {
    expect(names('listen', 'receive')).toEqual([...listenMessageTypes].sort());
  });

  it('has every field of the query, and no other', () => {
    const fields = getMetadataStorage()
      .getTargetValidationMetadatas(ListenLiveQuery, '', false, false)
      .map(({ propertyName }) => propertyName);
    expect(Object.keys(asyncApi.channels['listen']?.bindings.ws.query.properties ?? {}).sort()).toEqual(
      [...new Set(fields)].sort(),
    );
  });
});

import { getMetadataStorage } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/common/errors/error-codes.js';
import { warningCodes } from '../../src/common/warnings/warning-codes.js';
import { ListenLiveQuery } from '../../src/transports/deepgram/listen-live-query.dto.js';
import { listenServerMessageTypes } from '../../src/transports/deepgram/listen-live.presenter.js';
import { listenMessageTypes } from '../../src/transports/deepgram/listen-messages.js';
import { clientEventSchemas } from '../../src/transports/openai-realtime/client-event.schemas.js';
import { openaiCode } from '../../src/transports/openai/openai-error.js';
import { protocolErrorCodes } from '../../src/transports/openai-realtime/realtime.presenter.js';
import { serverEventTypes } from '../../src/transports/openai-realtime/server-events.js';
import { asyncApi, faultsOf, messagesOf, resolve } from '../support/async-api.js';

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

  it('has every code of a warning, and no other', () => {
    expect(asyncApi.components.schemas['warningCode']?.enum).toEqual(Object.keys(warningCodes));
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

describe('/v1/realtime in the AsyncAPI document', () => {
  it('has every event that is sent, and no other', () => {
    expect(names('realtime', 'send')).toEqual([...serverEventTypes].sort());
    expect(asyncApi.components.schemas['realtimeErrorCode']).toMatchObject({
      anyOf: [{}, { enum: [...protocolErrorCodes] }, { const: openaiCode('AUDIO_LIMIT_EXCEEDED') }],
    });
  });

  it('has every event that is taken, with the very schema that it is held to', () => {
    const documented = messagesOf('realtime', 'receive').map(({ name, payload }) => [
      name,
      expanded(payload),
    ]);
    expect(Object.fromEntries(documented)).toEqual(clientEventSchemas);
  });

  it('has the query of the handshake', () => {
    const { properties } = asyncApi.channels['realtime']!.bindings.ws.query;
    expect(Object.keys(properties).sort()).toEqual(['intent', 'model']);
  });
});

/** A schema with what it refers to in its place. */
function expanded(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(expanded);
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema) return expanded(resolve<unknown>(schema as { $ref: string }));
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, expanded(value)]));
}

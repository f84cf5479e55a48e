import { describe, expect, it } from 'vitest';
import { maxAppendCharacters } from './client-event.schemas.js';
import { decodeAudio, parseClientEvent } from './client-events.js';

const parse = (message: unknown) =>
  parseClientEvent(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), false);
const refusal = (message: unknown) => {
  const parsed = parse(message);
  return 'error' in parsed ? { eventId: parsed.eventId, ...describeError(parsed.error) } : parsed;
};
const describeError = ({
  code,
  param,
  message,
}: {
  code: string;
  param?: string | undefined;
  message: string;
}) => ({
  code,
  param,
  message,
});
const update = (input: object) => ({
  type: 'session.update',
  event_id: 'e1',
  session: { type: 'transcription', audio: { input } },
});

describe('parseClientEvent', () => {
  it.each([
    { type: 'input_audio_buffer.append', audio: 'AAAA' },
    { type: 'input_audio_buffer.commit' },
    { type: 'input_audio_buffer.clear', event_id: 'mine' },
    { type: 'conversation.item.retrieve', item_id: 'item_1' },
    update({ turn_detection: null }),
    update({
      turn_detection: { type: 'semantic_vad', eagerness: 'low' },
      noise_reduction: { type: 'far_field' },
    }),
    { type: 'transcription_session.update', session: { input_audio_format: 'g711_ulaw' } },
    { type: 'input_audio_buffer.commit', field: 'of a later version' },
  ])('accepts $type', (message) => {
    expect(parse(message)).toMatchObject({ event: message });
  });

  it('accepts the fields that the service sets', () => {
    const { session, ...event } = update({});
    const own = { id: 'sess_1', object: 'realtime.transcription_session', expires_at: 1, ...session };
    expect(parse({ ...event, session: own })).toMatchObject({ eventId: 'e1', event: { session: own } });
  });

  it.each([
    ['{', 'INVALID_REQUEST'],
    ['[]', 'INVALID_REQUEST'],
    ['null', 'INVALID_REQUEST'],
    ['"text"', 'INVALID_REQUEST'],
  ])('refuses %s', (text, code) => {
    expect(refusal(text)).toMatchObject({ eventId: null, code });
  });

  it('refuses a binary frame, whatever is in it', () => {
    expect(parseClientEvent(Buffer.from('{"type":"input_audio_buffer.commit"}'), true)).toMatchObject({
      error: { code: 'INVALID_REQUEST' },
    });
  });

  it.each([
    [{ type: 'response.create', event_id: 'e7' }, 'type'],
    [{ type: 5, event_id: 'e7' }, 'type'],
    [{ event_id: 'e7' }, 'type'],
    [{ type: 'constructor', event_id: 'e7' }, 'type'],
    [{ type: 'input_audio_buffer.append', event_id: 'e7' }, 'audio'],
    [{ type: 'input_audio_buffer.append', audio: 5, event_id: 'e7' }, 'audio'],
    [{ type: 'session.update', event_id: 'e7' }, 'session'],
    [{ type: 'session.update', session: { type: 'realtime' }, event_id: 'e7' }, 'session.type'],
    [{ type: 'session.update', session: { voice: 'alloy' }, event_id: 'e7' }, 'session.voice'],
  ])('names the client’s event and the field for %j', (message, param) => {
    expect(refusal(message)).toMatchObject({ eventId: 'e7', code: 'INVALID_FIELD', param });
  });

  it.each([
    [{ turn_detection: { threshold: 1.5 } }, 'turn_detection.threshold'],
    [{ turn_detection: { threshold: '0.5' } }, 'turn_detection.threshold'],
    [{ turn_detection: { silence_duration_ms: 99 } }, 'turn_detection.silence_duration_ms'],
    [{ turn_detection: { silence_duration_ms: 500.5 } }, 'turn_detection.silence_duration_ms'],
    [{ turn_detection: { prefix_padding_ms: -1 } }, 'turn_detection.prefix_padding_ms'],
    [{ turn_detection: { type: 'none' } }, 'turn_detection.type'],
    [{ turn_detection: { eagerness: 'very' } }, 'turn_detection.eagerness'],
    [{ turn_detecton: null }, 'turn_detecton'],
    [{ format: { type: 'audio/ogg' } }, 'format.type'],
    [{ format: { rate: 24_000 } }, 'format.type'],
    [{ format: { type: 'audio/pcm', rate: 44_100 } }, 'format.rate'],
    [{ noise_reduction: { type: 'loud' } }, 'noise_reduction.type'],
    [{ transcription: { delay: 'none' } }, 'transcription.delay'],
  ])('names the path for %j', (input, path) => {
    const param = `session.audio.input.${path}`;
    expect(refusal(update(input))).toMatchObject({ eventId: 'e1', code: 'INVALID_FIELD', param });
  });

  it.each([
    [{ turn_detection: '', noise_reduction: ' ' }, {}],
    [{ turn_detection: { type: '', threshold: 0.4 } }, { turn_detection: { threshold: 0.4 } }],
    [
      { transcription: { model: '', language: ' ', delay: '', prompt: 'Austen' } },
      { transcription: { model: null, language: null, delay: null, prompt: 'Austen' } },
    ],
  ])('reads %j as %j: blank fields were not filled in', (given, meant) => {
    expect(parse(update(given))).toEqual({ eventId: 'e1', event: update(meant) });
    expect(parse({ ...update(given), session: { ...update(given).session, type: '' } })).toMatchObject({
      event: { session: { audio: { input: meant } } },
    });
  });

  it('reads blank fields in the shape of the beta likewise', () => {
    const session = {
      input_audio_format: '',
      input_audio_transcription: { language: '' },
      turn_detection: null,
    };
    expect(parse({ type: 'transcription_session.update', session })).toMatchObject({
      event: { session: { input_audio_transcription: { language: null }, turn_detection: null } },
    });
  });

  it('names the allowed values, and does not repeat the sent ones', () => {
    const { message } = refusal(update({ format: { type: 'secret words' } })) as { message: string };
    expect(message).toContain('"audio/pcm", "audio/pcmu", "audio/pcma"');
    expect(message).not.toContain('secret');
  });
});

describe('decodeAudio', () => {
  it('decodes base64 with padding', () => {
    for (const bytes of [[], [1], [1, 2], [1, 2, 3], [255, 254, 253, 252]]) {
      expect([...decodeAudio(Buffer.from(bytes).toString('base64'))]).toEqual(bytes);
    }
  });

  it.each([
    'AAA',
    'AA==AAAA',
    'A===',
    'AA A',
    '====',
    '-_-_',
    'AAAA\n',
    'data:audio/pcm;base64,AAAA',
    'ä===',
    '!!!!',
  ])('refuses %j', (audio) => {
    expect(() => decodeAudio(audio)).toThrow(
      expect.objectContaining({ code: 'INVALID_FIELD', param: 'audio' }),
    );
  });

  it('accepts fifteen mebibytes of text and not four letters more', () => {
    expect(decodeAudio('A'.repeat(maxAppendCharacters))).toHaveLength((maxAppendCharacters / 4) * 3);
    expect(() => decodeAudio('A'.repeat(maxAppendCharacters + 4))).toThrow(/more than 15728640/);
  });
});

import { emptyHypothesis } from '../../speech-model/hypothesis.js';
import { describe, expect, it } from 'vitest';
import { segment } from '../../../test/support/fake-recognizer.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { asRecognized } from '../../transcripts/convention/convention.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import type { EndpointReason, RecognitionEvent } from '../../recognition/live/recognition-stream.js';
import { ListenChannel } from './listen-channel.js';

const model = { id: 'some-model', version: 3, family: 'moonshine' } as ModelManifest;

function channel(vadEvents = false, detectsLanguage = false): (event: RecognitionEvent) => readonly object[] {
  const made = new ListenChannel(
    { requestId: 'r-1', model, detectsLanguage, convention: asRecognized, language: 'en' },
    [1, 2],
    vadEvents,
  );
  return (event) => made.messages(event);
}

const partial = (text: string, id = 0): RecognitionEvent => ({
  type: 'segment-partial',
  utteranceId: 0,
  segment: segment(id, 1_000, 2_000, text),
});
const final = (text: string, reason: EndpointReason = 'silence', id = 0): RecognitionEvent => ({
  type: 'segment-final',
  utteranceId: 0,
  segment:
    text === ''
      ? { ...segment(id, 1_000, 2_000, ''), hypothesis: emptyHypothesis }
      : segment(id, 1_000, 2_000, text),
  reason,
});
const finalized: RecognitionEvent = { type: 'finalized', atMs: 2_500 };
const transcriptOf = (transcript: string): object => ({
  alternatives: [expect.objectContaining({ transcript }) as object],
});

describe('a channel', () => {
  it('writes a final as Deepgram does', () => {
    const [message] = channel()(final('Well, John.'));
    expect(message).toEqual({
      type: 'Results',
      channel_index: [1, 2],
      start: 1,
      duration: 1,
      is_final: true,
      speech_final: true,
      from_finalize: false,
      channel: {
        alternatives: [
          {
            transcript: 'Well, John.',
            confidence: expect.closeTo(Math.exp(-0.1)) as number,
            words: [
              {
                word: 'well',
                start: 1,
                end: 1.5,
                confidence: expect.closeTo(0.905) as number,
                punctuated_word: 'Well,',
              },
              {
                word: 'john',
                start: 1.5,
                end: 2,
                confidence: expect.closeTo(0.905) as number,
                punctuated_word: 'John.',
              },
            ],
          },
        ],
      },
      metadata: {
        request_id: 'r-1',
        model_info: { name: 'some-model', version: '3', arch: 'moonshine' },
        model_uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
      },
    });
  });

  it('sends an interim result only when its text has changed', () => {
    const messages = channel();
    expect(messages(partial('Well'))).toEqual([
      expect.objectContaining({ is_final: false, speech_final: false, channel: transcriptOf('Well') }),
    ]);
    expect(messages(partial('Well'))).toEqual([]);
    expect(messages(partial('Well, John'))).toHaveLength(1);
  });

  it('sends the same words again when they are said again', () => {
    const messages = channel();
    for (const id of [0, 1]) {
      expect(messages(partial('Yes.', id))).toHaveLength(1);
      expect(messages(final('Yes.', 'silence', id))).toHaveLength(1);
    }
  });

  it.each([
    ['silence', true],
    ['finalized', true],
    ['input-finished', true],
    ['pause', false],
    ['max-length', false],
  ] as const)('after %s has speech_final %s', (reason, speechFinal) => {
    expect(channel()(final('Well.', reason))).toEqual([
      expect.objectContaining({
        is_final: true,
        speech_final: speechFinal,
        from_finalize: reason === 'finalized',
      }),
    ]);
  });

  it('sends nothing for a segment without text', () => {
    expect(channel()(final(''))).toEqual([]);
  });

  it('withdraws an interim result whose final is empty', () => {
    const messages = channel();
    messages(partial('Uh'));
    expect(messages(final('', 'max-length'))).toEqual([
      expect.objectContaining({ is_final: true, channel: transcriptOf('') }),
    ]);
  });

  it('ends an utterance whose last segment has no text', () => {
    const messages = channel();
    messages(final('Well.', 'max-length'));
    expect(messages(final(''))).toEqual([
      expect.objectContaining({ speech_final: true, channel: transcriptOf('') }),
    ]);
    expect(messages(final('', 'silence', 2))).toEqual([]);
  });

  it('answers Finalize once, with the final or where there is none with an empty one', () => {
    const messages = channel();
    expect(messages(final('Well.', 'finalized'))).toHaveLength(1);
    expect(messages(finalized)).toEqual([]);
    expect(messages(finalized)).toEqual([
      expect.objectContaining({
        start: 2.5,
        duration: 0,
        is_final: true,
        speech_final: false,
        from_finalize: true,
        channel: { alternatives: [{ transcript: '', confidence: 0, words: [] }] },
      }),
    ]);
  });

  it.each(['silence', 'finalized'] as const)(
    'ends at %s an utterance that went on after a pause',
    (reason) => {
      const messages = channel();
      messages(final('Well.', 'pause'));
      expect(messages({ type: 'speech-end', utteranceId: 0, endMs: 2_500, reason })).toEqual([
        expect.objectContaining({
          speech_final: true,
          from_finalize: reason === 'finalized',
          channel: transcriptOf(''),
        }),
      ]);
    },
  );

  it('waits at the end of speech for the final that follows', () => {
    const messages = channel();
    messages(partial('Well'));
    const event = {
      type: 'speech-end',
      utteranceId: 0,
      endMs: 2_000,
      reason: 'silence',
      segmentId: 0,
    } as const;
    expect(messages(event)).toEqual([]);
    expect(messages(final('Well.'))).toHaveLength(1);
  });

  it('reports a failed segment by its code, without the cause', () => {
    const error = new SpeechError('INFERENCE_FAILED', 'worker 3 has burned down');
    const [message] = channel()({
      type: 'segment-failed',
      utteranceId: 0,
      segmentId: 0,
      startMs: 0,
      endMs: 500,
      reason: 'silence',
      error,
    });
    expect(message).toMatchObject({
      type: 'Error',
      code: 'INFERENCE_FAILED',
      err_code: 'INFERENCE_FAILED',
      request_id: 'r-1',
    });
    expect(JSON.stringify(message)).not.toContain('burned');
  });

  it('reports the start of speech only where it was requested', () => {
    const event: RecognitionEvent = { type: 'speech-start', utteranceId: 0, startMs: 1_234 };
    expect(channel(true)(event)).toEqual([{ type: 'SpeechStarted', channel: [1, 2], timestamp: 1.234 }]);
    expect(channel(false)(event)).toEqual([]);
  });

  it('reports the end of the last word of an utterance', () => {
    expect(channel()({ type: 'utterance-end', lastWordEndMs: 3_210 })).toEqual([
      { type: 'UtteranceEnd', channel: [1, 2], last_word_end: 3.21 },
    ]);
  });
});

describe('a channel of a model that detects the language', () => {
  const spanish = (probability: number, language = 'es'): RecognitionEvent => {
    const event = final('Buenos días.') as Extract<RecognitionEvent, { type: 'segment-final' }>;
    const detected = { language, probability };
    const hypothesis = { ...event.segment.hypothesis, language: 'es', detected };
    return { ...event, segment: { ...event.segment, hypothesis } };
  };

  it('writes the language with the text and with each word', () => {
    const [message] = channel()(spanish(0.9));
    expect(message).toMatchObject({
      channel: {
        alternatives: [
          { languages: ['es'], words: [{ word: 'buenos', language: 'es' }, { language: 'es' }] },
        ],
      },
    });
    expect(message).not.toHaveProperty('channel.detected_language');
  });

  it('writes how probable it is if the client wants that', () => {
    const detecting = channel(false, true);
    expect(detecting(spanish(0.9))[0]).toMatchObject({
      channel: { detected_language: 'es', language_confidence: 0.9 },
    });
    // The stream keeps its language, though this segment sounds like another one.
    const [kept] = detecting(spanish(0.6, 'it'));
    expect(kept).toMatchObject({ channel: { detected_language: 'es' } });
    expect(kept).not.toHaveProperty('channel.language_confidence');
    expect(detecting(final('Good morning.'))[0]).not.toHaveProperty('channel.detected_language');
  });
});

import { describe, expect, it } from 'vitest';
import { segment } from '../../../test/support/fake-recognizer.js';
import type { Transcript } from '../transcript.js';
import { TranscriptBuilder } from '../transcript-builder.js';
import { formatJson, tokenUsage } from './json.formatter.js';
import { formatSrt } from './srt.formatter.js';
import { formatText } from './text.formatter.js';
import { timestamp } from './timestamp.js';
import { formatVerboseJson } from './verbose-json.formatter.js';
import { formatVtt } from './vtt.formatter.js';

function transcript(...texts: readonly string[]): Transcript {
  const builder = new TranscriptBuilder('en');
  texts.forEach((text, id) => builder.add(segment(id, id * 2000 + 250, id * 2000 + 1500, text)));
  return builder.build(texts.length * 2 + 0.1);
}

describe('timestamp', () => {
  it('writes hours, minutes, seconds and milliseconds', () => {
    expect(timestamp(0, '.')).toBe('00:00:00.000');
    expect(timestamp(3_661.0625, ',')).toBe('01:01:01,063');
    expect(timestamp(59.9996, '.')).toBe('00:01:00.000');
    expect(timestamp(360_000, '.')).toBe('100:00:00.000');
  });
});

describe('json', () => {
  it('contains the text and the duration, rounded up to seconds', () => {
    expect(formatJson(transcript('Hello.'), { logProbs: false })).toEqual({
      text: 'Hello.',
      usage: { type: 'duration', seconds: 3 },
    });
  });

  it('contains the bytes and the log-probability of each token on request', () => {
    const { logprobs } = formatJson(transcript('one two'), { logProbs: true });
    expect(logprobs).toHaveLength(2);
    for (const { token, bytes, logprob } of logprobs ?? []) {
      expect(Buffer.from(bytes).toString()).toBe(token);
      expect(logprob).toBe(-0.1);
    }
  });
});

describe('languages', () => {
  const spanish = (id: number, text: string) => {
    const spoken = segment(id, id * 1_000, id * 1_000 + 900, text);
    const detected = { language: 'es', probability: 0.9 };
    return { ...spoken, hypothesis: { ...spoken.hypothesis, language: 'es', detected } };
  };

  it('are those that the model reports, in the names of each format', () => {
    const builder = new TranscriptBuilder('und');
    builder.add(spanish(0, 'Hola.'));
    builder.add(spanish(1, 'Adiós.'));
    const built = builder.build(2);
    expect(formatJson(built, { logProbs: false })).toMatchObject({ languages: [{ code: 'es' }] });
    expect(formatVerboseJson(built, { segments: false, words: false })).toMatchObject({
      language: 'spanish',
    });
    expect(built.languageProbability).toBeCloseTo(0.9, 9);
  });

  it('are English in a translation', () => {
    const builder = new TranscriptBuilder('en', true);
    builder.add(spanish(0, 'Hello.'));
    expect(builder.build(1).language).toBe('en');
  });
});

describe('usage in tokens', () => {
  it('counts tenths of a second, rounded up, and the tokens of all segments', () => {
    expect(tokenUsage(transcript('one two', 'three'))).toEqual({
      type: 'tokens',
      input_tokens: 41,
      output_tokens: 3,
      total_tokens: 44,
      input_token_details: { audio_tokens: 41, text_tokens: 0 },
    });
  });

  it('counts only the audio without speech', () => {
    expect(tokenUsage({ durationSeconds: 0.25, segments: [] })).toMatchObject({
      input_tokens: 3,
      output_tokens: 0,
      total_tokens: 3,
    });
  });
});

describe('verbose_json', () => {
  it('has segments with times, tokens and mean log-probability, and words only on request', () => {
    const segmentsOnly = formatVerboseJson(transcript('Hello.', 'Again.'), { segments: true, words: false });
    expect(segmentsOnly).toMatchObject({ task: 'transcribe', language: 'english', duration: 4.1 });
    expect(segmentsOnly.segments?.[1]).toMatchObject({
      id: 1,
      seek: 225,
      start: 2.25,
      end: 3.5,
      text: 'Again.',
    });
    expect(segmentsOnly.segments?.[1]?.avg_logprob).toBeCloseTo(-0.1, 12);
    expect(segmentsOnly.words).toBeUndefined();
    const wordsOnly = formatVerboseJson(transcript('Hello there.'), { segments: false, words: true });
    expect(wordsOnly.segments).toBeUndefined();
    expect(wordsOnly.words?.map(({ word }) => word)).toEqual(['Hello', 'there.']);
  });

  it('measures how well the text compresses', () => {
    const ratio = (text: string): number =>
      formatVerboseJson(transcript(text), { segments: true, words: false }).segments?.[0]
        ?.compression_ratio ?? 0;
    expect(ratio('the same again '.repeat(20))).toBeGreaterThan(4 * ratio('No word of this comes twice.'));
  });
});

describe('subtitles', () => {
  it('are numbered cues in SubRip', () => {
    expect(formatSrt(transcript('Hello.', 'Again.'))).toBe(
      '1\n00:00:00,250 --> 00:00:01,500\nHello.\n\n2\n00:00:02,250 --> 00:00:03,500\nAgain.\n',
    );
  });

  it('are cues with escaped markup in WebVTT', () => {
    expect(formatVtt(transcript('a < b & c'))).toBe(
      'WEBVTT\n\n00:00:00.250 --> 00:00:01.500\na &lt; b &amp; c\n',
    );
  });

  it('have two lines if one would be too long', () => {
    const text = 'He had been at home for more than a week before she heard a word of it.';
    const lines = 'He had been at home for more than a\nweek before she heard a word of it.';
    expect(formatSrt(transcript(text))).toBe(`1\n00:00:00,250 --> 00:00:01,500\n${lines}\n`);
    expect(formatVtt(transcript(text))).toBe(`WEBVTT\n\n00:00:00.250 --> 00:00:01.500\n${lines}\n`);
  });

  it('are empty but valid without speech', () => {
    expect(formatSrt(transcript())).toBe('');
    expect(formatVtt(transcript())).toBe('WEBVTT\n');
    expect(formatText(transcript())).toBe('\n');
  });
});

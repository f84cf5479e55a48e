import { BadRequestException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { SpeechError } from '../../common/errors/speech-error.js';
import { errorAnswer, retryHeaders, toSpeechError } from './error-answer.js';

describe('toSpeechError', () => {
  it('keeps our own errors and gives Nest’s and Fastify’s a code', () => {
    const own = new SpeechError('AUDIO_EMPTY', 'nothing');
    expect(toSpeechError(own)).toBe(own);
    expect(toSpeechError(new NotFoundException()).code).toBe('NOT_FOUND');
    expect(toSpeechError(new BadRequestException('bad')).code).toBe('INVALID_REQUEST');
    expect(toSpeechError(Object.assign(new Error('large'), { statusCode: 413 })).code).toBe('BODY_TOO_LARGE');
  });

  it('reveals nothing of an unexpected error', () => {
    const answer = errorAnswer(toSpeechError(new Error('password is 1234')), 'id');
    expect(answer).toMatchObject({ code: 'INTERNAL', status: 500 });
    expect(JSON.stringify(answer)).not.toContain('1234');
  });
});

describe('retryHeaders', () => {
  it('say when, rounded up to whole seconds', () => {
    expect(retryHeaders(new SpeechError('TOO_MANY_REQUESTS', 'x', { retryAfterMs: 1_200 }), 0)).toEqual({
      'x-should-retry': 'true',
      'retry-after': '2',
      'retry-after-ms': '1200',
    });
  });

  it('are later by chance, never sooner, and below the minute that clients wait at most', () => {
    const refused = new SpeechError('NO_CAPACITY', 'x', { retryAfterMs: 45_000 });
    const waits = Array.from({ length: 200 }, () => Number(retryHeaders(refused)['retry-after-ms']));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(45_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(46_000);
    expect(new Set(waits).size).toBeGreaterThan(50);
  });

  it('stop clients that retry every 5xx where it cannot help', () => {
    expect(retryHeaders(new SpeechError('MODEL_INTEGRITY', 'x'))).toEqual({ 'x-should-retry': 'false' });
    expect(retryHeaders(new SpeechError('INVALID_FIELD', 'x'))).toEqual({});
  });
});

import { describe, expect, it } from 'vitest';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import { errorCodes } from '../../common/errors/error-codes.js';
import { outcomeOf } from './transport-observer.js';

describe('outcomeOf', () => {
  it('distinguishes failures of the service from refusals', () => {
    expect(outcomeOf(undefined)).toBe('ok');
    expect(outcomeOf('CANCELLED')).toBe('cancelled');
    const byOutcome = (outcome: string): string[] =>
      (Object.keys(errorCodes) as SpeechErrorCode[]).filter((code) => outcomeOf(code) === outcome).sort();
    expect(byOutcome('failed')).toEqual([
      'DEADLINE_EXCEEDED',
      'INFERENCE_FAILED',
      'INTERNAL',
      'MODEL_INTEGRITY',
    ]);
    expect(byOutcome('refused')).toContain('NO_CAPACITY');
    expect(byOutcome('refused')).toContain('AUDIO_CORRUPT');
  });
});

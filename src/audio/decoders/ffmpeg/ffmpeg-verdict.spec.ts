import { describe, expect, it } from 'vitest';
import { ffmpegVerdict } from './ffmpeg-verdict.js';

describe('ffmpegVerdict', () => {
  it.each<[string, number | null, string | null, string, boolean, string | undefined]>([
    ['the end of a file', 0, null, '', true, undefined],
    ['a file that is cut short', 1, null, 'Invalid data found', true, undefined],
    ['a file of damaged frames', 69, null, '', true, 'AUDIO_CORRUPT'],
    ['too much memory or time', null, 'SIGKILL', '', true, 'AUDIO_CORRUPT'],
    [
      'a file without sound',
      1,
      null,
      "Stream map '0:a:0' matches no streams.",
      false,
      'AUDIO_UNSUPPORTED_FORMAT',
    ],
    [
      'a codec that may not be used',
      1,
      null,
      'Codec (x) not on whitelist',
      false,
      'AUDIO_UNSUPPORTED_FORMAT',
    ],
    ['a file without samples', 0, null, '', false, 'AUDIO_EMPTY'],
    ['bytes without sense', 1, null, 'Invalid data found', false, 'AUDIO_CORRUPT'],
    ['a program that is gone', 127, null, 'No such file', false, 'INTERNAL'],
  ])('says what %s means', (_, code, signal, complaint, hasSamples, expected) => {
    const fault = ffmpegVerdict({ code, signal }, complaint, hasSamples, 'AAC (ADTS)');
    expect(fault?.code).toBe(expected);
  });

  it('never passes on what ffmpeg said', () => {
    const fault = ffmpegVerdict({ code: 1, signal: null }, 'title: a secret', false, 'AMR');
    expect(fault?.message).not.toContain('secret');
    expect(fault?.message).toContain('AMR');
  });
});

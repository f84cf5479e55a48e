import { describe, expect, it } from 'vitest';
import { declaredFormat, declaredLiveFormat } from './declared-format.js';

describe('declaredFormat', () => {
  it('is undefined without an encoding: the format is detected', () => {
    expect(declaredFormat({ sample_rate: 16_000 })).toBeUndefined();
  });

  it.each(['flac', 'mp3', 'ogg-opus'])('is undefined for %s, whose header is read', (encoding) => {
    expect(declaredFormat({ encoding })).toBeUndefined();
    expect(declaredLiveFormat({ encoding, sample_rate: 44_100, channels: 2 })).toBeUndefined();
    expect(() => declaredFormat({ encoding, sample_rate: 1 })).toThrow(
      expect.objectContaining({ code: 'AUDIO_INVALID_RATE' }) as Error,
    );
  });

  it('has one channel by default', () => {
    expect(declaredFormat({ encoding: 'linear16', sample_rate: 8_000 })).toEqual({
      encoding: 'linear16',
      sampleRate: 8_000,
      channels: 1,
    });
  });

  it.each([
    [{ encoding: 'opus', sample_rate: 48_000 }, 'AUDIO_UNSUPPORTED_FORMAT'],
    [{ encoding: 'constructor', sample_rate: 48_000 }, 'AUDIO_UNSUPPORTED_FORMAT'],
    [{ encoding: 'linear16' }, 'INVALID_FIELD'],
    [{ encoding: 'linear16', sample_rate: 0 }, 'AUDIO_INVALID_RATE'],
    [{ encoding: 'linear16', sample_rate: 200_000 }, 'AUDIO_INVALID_RATE'],
    [{ encoding: 'linear16', sample_rate: 16_000, channels: 0 }, 'AUDIO_INVALID_CHANNELS'],
    [{ encoding: 'g722', sample_rate: 8_000 }, 'AUDIO_INVALID_RATE'],
    [{ encoding: 'g722', sample_rate: 16_000, channels: 2 }, 'AUDIO_INVALID_CHANNELS'],
    [{ channels: 9 }, 'AUDIO_INVALID_CHANNELS'],
  ])('refuses %j with %s', (query, code) => {
    expect(() => declaredFormat(query)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe('declaredLiveFormat', () => {
  it('has packets of Opus, at any rate', () => {
    expect(declaredLiveFormat({ encoding: 'opus', sample_rate: 48_000 })).toEqual({
      encoding: 'opus',
      channels: 1,
    });
    expect(declaredLiveFormat({ encoding: 'opus', channels: 2 })).toEqual({ encoding: 'opus', channels: 2 });
    expect(declaredLiveFormat({ encoding: 'mulaw', sample_rate: 8_000 })).toMatchObject({
      encoding: 'mulaw',
    });
  });

  it.each([
    [{ encoding: 'opus', channels: 3 }, 'AUDIO_INVALID_CHANNELS'],
    [{ encoding: 'opus', sample_rate: 1 }, 'AUDIO_INVALID_RATE'],
    [{ encoding: 'g729', sample_rate: 8_000 }, 'AUDIO_UNSUPPORTED_FORMAT'],
  ])('refuses %j with %s', (query, code) => {
    expect(() => declaredLiveFormat(query)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

import { describe, expect, it } from 'vitest';
import { capabilitiesOf } from '../../families/moonshine/capabilities.js';
import { longestOverTarget } from '../hearing/cutting.js';
import { liveOptions } from './live-options.js';
import type { StreamOptions } from './recognition-stream.js';

const capabilities = capabilitiesOf({ id: 'some', version: 1, languages: ['en'], maxAudioSeconds: 30 }, 'rq');
const stream: StreamOptions = {
  modelId: 'some',
  source: { container: 'raw', encoding: 'linear16', sampleRate: 16_000, channels: 1 },
  partials: true,
};
const defaults = { threshold: 0.5, endpointSilenceMs: 640, paddingMs: 100 };

describe('The options of a live stream', () => {
  it('are the defaults where a client says nothing', () => {
    expect(liveOptions(stream, defaults, capabilities)).toMatchObject({
      threshold: 0.5,
      splitPauseWindows: 20,
      pauseEndsUtterance: true,
      utteranceEndMs: undefined,
      preRollWindows: 15,
      paddingSamples: 1_600,
    });
  });

  it('are the wishes of a client where it has some', () => {
    const wishes = { threshold: 0.3, endpointSilenceMs: 1_000, utteranceEndMs: 1_500, preRollMs: 960 };
    expect(liveOptions({ ...stream, ...wishes, partials: false }, defaults, capabilities)).toMatchObject({
      threshold: 0.3,
      splitPauseWindows: 32,
      utteranceEndMs: 1_500,
      preRollWindows: 30,
      partials: false,
    });
  });

  it('keep real audio before speech also where a client wants less', () => {
    const { preRollWindows } = liveOptions({ ...stream, preRollMs: 0 }, defaults, capabilities);
    expect(preRollWindows).toBe(15);
  });

  it('cut at long pauses, which end no utterance, where only the client ends one', () => {
    const options = liveOptions({ ...stream, endpointSilenceMs: false }, defaults, capabilities);
    expect(options).toMatchObject({ pauseEndsUtterance: false, splitPauseWindows: 47 });
  });

  it('wait for no more silence than ends the utterance, neither for a final nor for a good pause', () => {
    const options = liveOptions({ ...stream, endpointSilenceMs: 100 }, defaults, capabilities);
    expect(options).toMatchObject({ splitPauseWindows: 4, goodPauseWindows: 4, tailWindows: 4 });
    expect(liveOptions(stream, defaults, capabilities)).toMatchObject({
      goodPauseWindows: 14,
      tailWindows: 15,
    });
  });

  it('keep the longest segment, with all that is put around it, within what the model takes', () => {
    const short = { ...capabilities, maxAudioSeconds: 8 };
    const options = liveOptions({ ...stream, preRollMs: 960 }, defaults, short);
    const around = options.preRollWindows + options.tailWindows;
    expect(options.maxWindows).toBeLessThanOrEqual(Math.ceil(options.targetWindows * longestOverTarget));
    expect((options.maxWindows + around) * 0.032 + 0.2).toBeLessThanOrEqual(8.05);
    const long = liveOptions(stream, defaults, capabilities);
    expect(long.targetWindows).toBe(Math.ceil(12_000 / 32));
  });

  it('have no context where the model cannot go on from given tokens', () => {
    expect(liveOptions(stream, defaults, capabilities).context).toBe(capabilities.context);
    expect(liveOptions(stream, defaults, { ...capabilities, prefix: false }).context).toBeUndefined();
  });
});

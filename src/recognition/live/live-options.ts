import type { ModelManifest } from '../../model-registry/model-manifest.js';
import type { HearingOptions } from './live-hearing.js';
import type { StreamOptions } from './recognition-stream.js';
import {
  goodPauseWindows,
  longestOverTarget,
  longPauseMs,
  minSpeechWindows,
  targetSeconds,
  windowsIn,
} from '../hearing/cutting.js';
import { windowMs } from '../../speech-model/vad-window.js';
import type { UtteranceOptions } from './utterance-decoding.js';

/** What the configuration says where a client does not. */
export interface LiveDefaults {
  readonly threshold: number;
  readonly endpointSilenceMs: number;
  /** Zeros before and after each segment. */
  readonly paddingMs: number;
}

/** Every partial hears the whole segment again: speech is cut sooner than in a recording. */
const wantedSeconds = 12;
/** Real audio before speech; docs/decisions/2026-11-24-how-a-live-stream-is-cut.md tells of this and the next. */
const preRollMs = 480;
/** Windows of silence that a final hears after its last window of speech; then it can be decoded. */
const tailWindows = 15;

/** A client's wishes in windows of the voice activity detector. */
export function liveOptions(
  options: StreamOptions,
  defaults: LiveDefaults,
  { maxAudioSeconds }: Pick<ModelManifest, 'maxAudioSeconds'>,
): HearingOptions & UtteranceOptions {
  const { endpointSilenceMs = defaults.endpointSilenceMs } = options;
  const preRollWindows = windowsIn(Math.max(preRollMs, options.preRollMs ?? 0));
  const aroundMs = (preRollWindows + tailWindows) * windowMs + 2 * defaults.paddingMs;
  const targetWindows = windowsIn(1_000 * targetSeconds(wantedSeconds, aroundMs, maxAudioSeconds));
  const endpointWindows = windowsIn(endpointSilenceMs === false ? longPauseMs : endpointSilenceMs);
  return {
    modelId: options.modelId,
    origin: options.origin,
    partials: options.partials,
    pauseEndsUtterance: endpointSilenceMs !== false,
    utteranceEndMs: options.utteranceEndMs,
    threshold: options.threshold ?? defaults.threshold,
    targetWindows,
    maxWindows: Math.floor(targetWindows * longestOverTarget),
    splitPauseWindows: endpointWindows,
    goodPauseWindows: Math.min(endpointWindows, goodPauseWindows),
    minSpeechWindows,
    preRollWindows,
    tailWindows: Math.min(endpointWindows, tailWindows),
    paddingSamples: defaults.paddingMs * 16,
    longestTogetherWindows: windowsIn(1_000 * maxAudioSeconds - 2 * defaults.paddingMs),
  };
}

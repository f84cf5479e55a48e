import type { SpeechCapabilities } from '../../speech-model/capabilities.js';
import type { DetectionOptions } from './live-detection.js';
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
import type { UtteranceOptions } from './live-utterances.js';
import type { LiveRecording } from './recorded-utterances.js';

/** The configuration's values, for clients that have none of their own. */
export interface LiveDefaults {
  readonly threshold: number;
  readonly endpointSilenceMs: number;
  /** Zeros before and after each segment. */
  readonly paddingMs: number;
}

// docs/decisions/2026-11-24-how-a-live-stream-is-cut.md has the sweeps of both.
/** Real audio before speech. */
const preRollMs = 480;
/** Silence that belongs to a final, which can be decoded once this many windows follow its speech. */
const tailWindows = 15;

/** The options of a client and of the configuration, in windows of the voice activity detector. */
export function liveOptions(
  options: StreamOptions,
  defaults: LiveDefaults,
  capabilities: SpeechCapabilities,
  recorded?: LiveRecording,
): DetectionOptions & UtteranceOptions {
  const { endpointSilenceMs = defaults.endpointSilenceMs } = options;
  const { maxAudioSeconds } = capabilities;
  const preRollWindows = windowsIn(Math.max(preRollMs, options.preRollMs ?? 0));
  const aroundMs = (preRollWindows + tailWindows) * windowMs + 2 * defaults.paddingMs;
  const targetWindows = windowsIn(
    1_000 * targetSeconds(capabilities.segmentSeconds.live, aroundMs, maxAudioSeconds),
  );
  const endpointWindows = windowsIn(endpointSilenceMs === false ? longPauseMs : endpointSilenceMs);
  return {
    modelId: options.modelId,
    origin: options.origin,
    recorded,
    keyName: options.origin?.keyName,
    confidence: capabilities.confidence,
    omission: capabilities.omission,
    languageEvidence: capabilities.languageEvidence,
    instructions: options.instructions,
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
    context: capabilities.prefix ? capabilities.context : undefined,
    longestTogetherWindows: windowsIn(1_000 * maxAudioSeconds - 2 * defaults.paddingMs),
  };
}

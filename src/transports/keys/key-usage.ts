import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { KeyLimits } from '../../config/key-rows.js';
import { RecognitionObserver } from '../../recognition/recognition-observer.js';
import type { StreamAudio, StreamObservation } from '../../recognition/recognition-observer.js';
import { RecognitionObservers } from '../../recognition/recognition-observers.js';
import { Allowance } from './allowance.js';
import { KeyRing } from './key-ring.js';
import type { ApiKey } from './key-ring.js';
import type { LimitState } from './limit-headers.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** Once a key has used all of its audio, this share has to come back first: a stream of a second helps nobody. */
const shareToBeginAgain = 0.1;

/** The allowances of one key, as far as its row limits it. */
interface Used {
  readonly requests: Allowance | undefined;
  readonly audio: Allowance | undefined;
  audioIsSpent: boolean;
  readonly whenSpent: Set<(error: SpeechError) => void>;
}

/**
 * Counts the requests and the audio of the keys that have limits, in the memory of this process: each instance of the
 * service counts for itself.
 */
@Injectable()
export class KeyUsage extends RecognitionObserver implements OnModuleInit {
  /** By name; at most one for each key of the ring. */
  private readonly used = new Map<string, Used>();

  constructor(
    private readonly ring: KeyRing,
    private readonly observers: RecognitionObservers,
  ) {
    super();
  }

  onModuleInit(): void {
    this.observers.add(this);
  }

  /** @throws SpeechError RATE_LIMIT_EXCEEDED; the request does not count then */
  takeRequest(key: ApiKey): void {
    const requests = this.usedBy(key)?.requests;
    if (requests === undefined) return;
    if (requests.remaining < 1) {
      throw new SpeechError(
        'RATE_LIMIT_EXCEEDED',
        `This key may send ${requests.limit} requests in a minute. Send the next one after the time in Retry-After.`,
        { retryAfterMs: requests.msUntil(1) },
      );
    }
    requests.use(1);
  }

  /** @throws SpeechError AUDIO_LIMIT_EXCEEDED where the key may send no audio now */
  checkAudio(key: ApiKey): void {
    const used = this.usedBy(key);
    if (used?.audio === undefined || !used.audioIsSpent) return;
    if (used.audio.remaining >= used.audio.limit * shareToBeginAgain) used.audioIsSpent = false;
    else throw audioSpent(used.audio);
  }

  /** Calls back once the key has used its audio. @returns stops that */
  onAudioSpent(key: ApiKey, callback: (error: SpeechError) => void): () => void {
    const whenSpent = this.usedBy(key)?.whenSpent;
    whenSpent?.add(callback);
    return () => whenSpent?.delete(callback);
  }

  /** For the headers of an answer; empty for a key without limits. */
  limitsOf(key: ApiKey): readonly LimitState[] {
    const used = this.usedBy(key);
    return [
      ...(used?.requests === undefined ? [] : [stateOf('requests', used.requests)]),
      ...(used?.audio === undefined ? [] : [stateOf('audio-seconds', used.audio)]),
    ];
  }

  override recordingRead(recording: StreamObservation, audio: StreamAudio): void {
    this.charge(recording, audio);
  }

  /** About each second of a live stream. */
  override audioReceived(stream: StreamObservation, audio: StreamAudio): void {
    this.charge(stream, audio);
  }

  private charge({ origin }: StreamObservation, { audioMs }: StreamAudio): void {
    const used = this.used.get(origin?.keyName ?? '');
    if (used?.audio === undefined) return;
    used.audio.use(audioMs / 1_000);
    if (used.audio.remaining > 0 || used.audioIsSpent) return;
    used.audioIsSpent = true;
    const error = audioSpent(used.audio);
    for (const callback of [...used.whenSpent]) callback(error);
  }

  private usedBy(key: ApiKey): Used | undefined {
    if (key.requestsPerMinute === undefined && key.audioSecondsPerHour === undefined) {
      this.used.delete(key.name);
      return undefined;
    }
    const known = this.used.get(key.name);
    if (known !== undefined && fits(known, key)) return known;
    this.forgetRemoved();
    const used = newUsed(key, known);
    this.used.set(key.name, used);
    return used;
  }

  private forgetRemoved(): void {
    const names = new Set(this.ring.all.map(({ name }) => name));
    for (const name of this.used.keys()) if (!names.has(name)) this.used.delete(name);
  }
}

/** Whether the limits are those of the row: a file of keys may have changed them. */
function fits({ requests, audio }: Used, { requestsPerMinute, audioSecondsPerHour }: KeyLimits): boolean {
  return requests?.limit === requestsPerMinute && audio?.limit === audioSecondsPerHour;
}

function newUsed({ requestsPerMinute, audioSecondsPerHour }: KeyLimits, before: Used | undefined): Used {
  return {
    requests: requestsPerMinute === undefined ? undefined : new Allowance(requestsPerMinute, minuteMs),
    audio: audioSecondsPerHour === undefined ? undefined : new Allowance(audioSecondsPerHour, hourMs),
    audioIsSpent: false,
    whenSpent: before?.whenSpent ?? new Set(),
  };
}

function audioSpent(audio: Allowance): SpeechError {
  return new SpeechError(
    'AUDIO_LIMIT_EXCEEDED',
    `This key may send ${audio.limit} seconds of audio in an hour, and has used them. Retry-After says when it may send more.`,
    { retryAfterMs: audio.msUntil(audio.limit * shareToBeginAgain) },
  );
}

function stateOf(name: LimitState['name'], { limit, periodMs, remaining }: Allowance): LimitState {
  const used = limit - remaining;
  return {
    name,
    limit,
    periodMs,
    remaining: Math.max(0, Math.floor(remaining)),
    resetMs: Math.ceil((used / limit) * periodMs),
  };
}

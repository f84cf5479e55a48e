import { hostname } from 'node:os';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Origin } from '../common/origin.js';
import { Configuration } from '../config/configuration.js';
import { DriftMonitor } from '../monitoring/drift/drift-monitor.js';
import { FeedbackService } from '../monitoring/feedback/feedback.service.js';
import type { Correction } from '../monitoring/feedback/feedback.service.js';
import { UtteranceListener } from '../recognition/utterances/utterance-listener.js';
import type { HeardUtterance } from '../recognition/utterances/utterance-listener.js';
import { UtteranceListeners } from '../recognition/utterances/utterance-listeners.js';
import { captureReason } from './capture-policy.js';
import type { CaptureStore } from './capture-store.js';
import { capturedUtterance } from './captured-utterance.js';
import type { CapturedRow, CaptureReason } from './captured-utterance.js';
import { ReplicaFolders } from './replica-folders.js';

/** Audio that waits to be written; more is given up. */
const waitingBytesAtMost = 32 * 1_048_576;

/** Time between two looks for audio that is too old. */
const tendEveryMs = 300_000;
/** Texts that wait to be joined to their captures; more are given up. */
const waitingTextsAtMost = 1_000;

/** What operators see. */
export interface CaptureState {
  readonly store: string;
  readonly kept: Readonly<Record<CaptureReason, number>>;
  /** Not written, because the store failed. */
  readonly failed: number;
  /** Not written, because too much waited. */
  readonly dropped: number;
  /** Of the audio in the store. */
  readonly bytes: number;
  /** Code of the fault that the last write had; undefined after one that went well. */
  readonly fault: string | undefined;
}

/**
 * Keeps audio with consent, for labelling. It never holds up an answer: it hears of an utterance after the answer was made, and a
 * store that is slow or fails costs only the captures.
 */
@Injectable()
export class CaptureService extends UtteranceListener implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(CaptureService.name);
  private readonly store: CaptureStore | undefined;
  private readonly kept = { 'low-confidence': 0, empty: 0, drift: 0, random: 0 };
  private failed = 0;
  private dropped = 0;
  private waitingBytes = 0;
  private fault: string | undefined;
  private isOpen = false;
  private tending: NodeJS.Timeout | undefined;
  /** Right texts by request: a client that sends one again and again does not have the manifest written as often. */
  private readonly corrections = new Map<string, Correction>();
  /** Calls of the store, one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly configuration: Configuration,
    private readonly listeners: UtteranceListeners,
    private readonly feedback: FeedbackService,
    private readonly drift: DriftMonitor,
  ) {
    super();
    const folder = configuration.get('CAPTURE_FOLDER');
    if (folder === '') return;
    // Replicas may share a volume.
    this.store = new ReplicaFolders(folder, hostname(), {
      bytes: configuration.get('CAPTURE_MAX_BYTES'),
      ageMs: configuration.get('CAPTURE_DAYS') * 86_400_000,
    });
  }

  onModuleInit(): void {
    if (this.store === undefined) return;
    this.listeners.add(this);
    this.feedback.onCorrection((correction) => this.correct(correction));
    const tend = (): void => void this.attempt((store) => store.tend(Date.now()));
    this.tending = setInterval(tend, tendEveryMs).unref();
    tend();
  }

  /** What waits is written. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.tending);
    await this.last;
  }

  /** Undefined: nothing is captured here. */
  get state(): CaptureState | undefined {
    const { store, kept, failed, dropped, fault } = this;
    return store && { store: store.name, kept, failed, dropped, bytes: store.bytes, fault };
  }

  override wantsAudio(origin: Origin | undefined): boolean {
    return origin?.mayCapture === true;
  }

  override utteranceHeard(utterance: HeardUtterance): void {
    const { record, segments = [] } = utterance;
    if (record.origin?.mayCapture !== true || segments.length === 0) return;
    const { configuration } = this;
    const policy = {
      confidenceBelow: configuration.get('CAPTURE_CONFIDENCE_BELOW'),
      driftShare: configuration.get('CAPTURE_DRIFT_SHARE'),
      share: configuration.get('CAPTURE_SHARE'),
    };
    const reason = captureReason(record, this.drift.isDrifting(record), policy, Math.random());
    if (reason === undefined) return;
    const bytes = segments.reduce((sum, { samples }) => sum + samples.byteLength, 0);
    if (this.waitingBytes + bytes > waitingBytesAtMost) {
      this.dropped++;
      return;
    }
    this.waitingBytes += bytes;
    void this.attempt(async (store) => {
      await store.add(capturedUtterance(utterance, reason, new Date()));
      this.kept[reason]++;
    })
      .then((done) => {
        if (!done) this.failed++;
      })
      .finally(() => (this.waitingBytes -= bytes));
  }

  /** @returns how many captures were deleted @throws Error when the store fails */
  async delete(which: (row: CapturedRow) => boolean): Promise<number> {
    let count = 0;
    let reason: unknown;
    const done = await this.attempt(async (store) => {
      try {
        count = await store.delete(which);
      } catch (error) {
        reason = error;
        throw error;
      }
    });
    if (!done && this.store !== undefined)
      throw new Error('The captures could not be deleted.', { cause: reason });
    return count;
  }

  private correct(correction: Correction): void {
    const { corrections } = this;
    const name = `${correction.clientId}\n${correction.requestId}`;
    const isWaiting = corrections.has(name);
    if (!isWaiting && corrections.size >= waitingTextsAtMost) return;
    corrections.set(name, correction);
    if (isWaiting) return;
    void this.attempt(async (store) => {
      const newest = corrections.get(name);
      corrections.delete(name);
      if (newest === undefined) return;
      const { requestId, clientId, text } = newest;
      await store.correct((row) => row.request_id === requestId && row.client === (clientId ?? ''), text);
    }).then((done) => {
      if (!done) corrections.delete(name);
    });
  }

  /** Calls the store when the calls before it are done. @returns whether it went well */
  private attempt(call: (store: CaptureStore) => Promise<unknown>): Promise<boolean> {
    const done = this.last.then(async () => {
      const { store } = this;
      if (store === undefined) return false;
      try {
        if (!this.isOpen) await store.open();
        this.isOpen = true;
        await call(store);
        this.fault = undefined;
        return true;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
        if (this.fault !== code)
          this.logger.error({ msg: 'audio cannot be captured', store: store.name, code });
        this.fault = code;
        // Somebody may mend it meanwhile, by an empty disk for instance.
        this.isOpen = false;
        return false;
      }
    });
    this.last = done;
    return done;
  }
}

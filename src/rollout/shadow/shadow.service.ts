import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Origin } from '../../common/origin.js';
import { separatorBetween } from '../../common/words.js';
import { Configuration } from '../../config/configuration.js';
import { ModelRegistry } from '../../model-registry/model-registry.js';
import { RecognitionEngine } from '../../recognition/recognition-engine.js';
import { UtteranceListener } from '../../recognition/utterances/utterance-listener.js';
import type { HeardSegment, HeardUtterance } from '../../recognition/utterances/utterance-listener.js';
import { UtteranceListeners } from '../../recognition/utterances/utterance-listeners.js';
import { wordErrorsOf } from '../../transcripts/convention/word-distance.js';
import { ShadowModel } from './shadow-model.js';
import { ShadowTally } from './shadow-tally.js';
import type { ShadowSlice } from './shadow-tally.js';

/** Utterances that may wait for the shadow; more are dropped. */
const mostWaiting = 4;
const mostWaitingBytes = 16 * 1_048_576;

/** A shadow as operators see it. */
export interface ShadowState {
  readonly shadow: string;
  readonly share: number;
  readonly isReady: boolean;
  /** Why it could not be loaded. */
  readonly fault?: string | undefined;
  readonly heard: number;
  /** Not heard, because clients needed the processors, or too much waited. */
  readonly dropped: number;
  readonly failed: number;
  readonly slices: readonly ShadowSlice[];
  readonly realTimeFactor: number | undefined;
  readonly onlyEmpty: ShadowTally['onlyEmpty'];
}

/**
 * Has SHADOW_MODEL hear a share of the utterances after their answers were made, and compares the texts. It waits for nobody:
 * while the queue of the service is not empty, utterances are dropped. Texts are compared and forgotten.
 */
@Injectable()
export class ShadowService
  extends UtteranceListener
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly logger = new Logger(ShadowService.name);
  private readonly model: ShadowModel | undefined;
  private readonly tally = new ShadowTally();
  private readonly chosen = new WeakSet<Origin>();
  private readonly waiting: HeardUtterance[] = [];
  private readonly ended = new AbortController();
  private waitingBytes = 0;
  private isHearing = false;
  private heard = 0;
  private dropped = 0;
  private failed = 0;
  private fault: string | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly engine: RecognitionEngine,
    private readonly listeners: UtteranceListeners,
    registry: ModelRegistry,
  ) {
    super();
    const id = configuration.get('SHADOW_MODEL');
    if (id !== '') this.model = new ShadowModel(id, registry, configuration);
  }

  /** The service does not wait for the shadow, and serves without it if it cannot be loaded. */
  onApplicationBootstrap(): void {
    const { model } = this;
    if (model === undefined) return;
    this.listeners.add(this);
    model.start().then(
      () => this.logger.log({ msg: 'the shadow is loaded', model: model.id }),
      (error: Error) => {
        this.fault = error.message;
        this.logger.error({ msg: 'the shadow cannot be loaded', model: model.id, reason: error.message });
      },
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.ended.abort();
    await this.model?.stop();
  }

  /** Undefined: there is no shadow. */
  get state(): ShadowState | undefined {
    const { model, tally, heard, dropped, failed } = this;
    if (model === undefined) return undefined;
    const { slices, realTimeFactor, onlyEmpty } = tally;
    const share = this.configuration.get('SHADOW_SHARE');
    return {
      shadow: model.id,
      share,
      isReady: model.isReady,
      fault: this.fault,
      heard,
      dropped,
      failed,
      slices,
      realTimeFactor,
      onlyEmpty,
    };
  }

  override wantsAudio(origin: Origin | undefined): boolean {
    if (origin === undefined || Math.random() >= this.configuration.get('SHADOW_SHARE')) return false;
    this.chosen.add(origin);
    return true;
  }

  override utteranceHeard(utterance: HeardUtterance): void {
    const { record, segments = [] } = utterance;
    if (record.origin === undefined || !this.chosen.has(record.origin) || segments.length === 0) return;
    const bytes = bytesOf(segments);
    if (this.waiting.length >= mostWaiting || this.waitingBytes + bytes > mostWaitingBytes) {
      this.dropped++;
      return;
    }
    this.waiting.push(utterance);
    this.waitingBytes += bytes;
    if (!this.isHearing) void this.hearAll();
  }

  private async hearAll(): Promise<void> {
    this.isHearing = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      if (this.engine.scheduler.stats.queued > 0 || this.model?.isReady !== true) this.dropped++;
      else await this.hear(next, this.model);
      this.waitingBytes -= bytesOf(next.segments ?? []);
    }
    this.isHearing = false;
  }

  private async hear({ record, text, segments = [] }: HeardUtterance, model: ShadowModel): Promise<void> {
    try {
      let shadowText = '';
      let computeMs = 0;
      for (const { samples } of segments) {
        const { hypothesis, computeMs: spent } = await model.transcribe(samples, this.ended.signal);
        shadowText += separatorBetween(shadowText, hypothesis.text) + hypothesis.text;
        computeMs += spent;
      }
      this.heard++;
      this.tally.add({
        record,
        difference: wordErrorsOf(text, shadowText),
        isShadowEmpty: shadowText === '',
        isPrimaryEmpty: text === '',
        computeMs,
      });
    } catch (error) {
      if (this.ended.signal.aborted) return;
      this.failed++;
      this.logger.warn({ msg: 'the shadow failed', reason: (error as Error).name });
    }
  }
}

function bytesOf(segments: readonly HeardSegment[]): number {
  return segments.reduce((sum, { samples }) => sum + samples.byteLength, 0);
}

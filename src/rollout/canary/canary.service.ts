import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Origin } from '../../common/origin.js';
import { Configuration } from '../../config/configuration.js';
import { ModelAssignments } from '../../recognition/model-assignment.js';
import type { ModelAssignment } from '../../recognition/model-assignment.js';
import type { ServedModel } from '../../recognition/recognition.types.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { UtteranceListener } from '../../recognition/utterances/utterance-listener.js';
import type { HeardUtterance } from '../../recognition/utterances/utterance-listener.js';
import { UtteranceListeners } from '../../recognition/utterances/utterance-listeners.js';
import { TransportObservers } from '../../transports/shared/transport-observer.js';
import type { RequestEnd, TransportObserver } from '../../transports/shared/transport-observer.js';
import { CanaryTrial } from './canary-trial.js';
import type { CanaryReport } from './canary-trial.js';

/** A canary as operators see it. */
export interface CanaryState extends CanaryReport {
  readonly candidate: string;
  readonly primary: string;
  readonly share: number;
}

/**
 * Has CANARY_MODEL serve a share of the clients, and returns them to the first model once it is found to be worse. What it knows
 * is this process's own: each replica decides for itself, from its own clients.
 */
@Injectable()
export class CanaryService
  extends UtteranceListener
  implements ModelAssignment, TransportObserver, OnModuleInit
{
  private readonly logger = new Logger(CanaryService.name);
  private readonly share: number;
  private trial: CanaryTrial | undefined;
  private candidate: ServedModel | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly recognizer: Recognizer,
    private readonly assignments: ModelAssignments,
    private readonly listeners: UtteranceListeners,
    private readonly observers: TransportObservers,
  ) {
    super();
    this.share = configuration.get('CANARY_SHARE');
  }

  onModuleInit(): void {
    const { configuration, share } = this;
    const id = configuration.get('CANARY_MODEL');
    if (id === '') return;
    this.candidate = this.recognizer.resolveModel(id);
    this.trial = new CanaryTrial({
      share,
      latencyAllowanceMs: configuration.get('CANARY_LATENCY_ALLOWANCE_MS'),
    });
    this.assignments.use(this);
    this.listeners.add(this);
    this.observers.add(this);
    this.logger.log({ msg: 'a canary is under way', candidate: id, primary: this.primary.id, share });
  }

  /** Undefined: there is no canary. */
  get state(): CanaryState | undefined {
    const { candidate, trial, share } = this;
    if (candidate === undefined || trial === undefined) return undefined;
    return { candidate: candidate.id, primary: this.primary.id, share, ...trial.report() };
  }

  modelFor(model: ServedModel, origin: Origin): ServedModel {
    const { candidate, trial } = this;
    if (candidate === undefined || trial === undefined || model.id !== this.primary.id) return model;
    const isCandidate = rankOf(clientOf(origin), candidate.id) < this.share;
    // A socket that asks again keeps its model, also after the canary was sent back.
    origin.group ??= isCandidate && !trial.isReturned ? 'candidate' : 'primary';
    return origin.group === 'candidate' ? candidate : model;
  }

  override utteranceHeard({ record }: HeardUtterance): void {
    const { origin } = record;
    if (origin?.group === undefined) return;
    const isCandidate = origin.group === 'candidate';
    this.afterwards(() => this.trial?.hear({ isCandidate, client: clientOf(origin), utterance: record }));
  }

  requestBegan(): void {}

  warned(): void {}

  requestEnded(origin: Origin, { outcome }: RequestEnd): void {
    if (origin.group === undefined || outcome !== 'failed') return;
    this.afterwards(() => this.trial?.failed(origin.group === 'candidate', clientOf(origin)));
  }

  /** Says so once if the candidate goes back with it. */
  private afterwards(change: () => void): void {
    const { trial } = this;
    if (trial === undefined || trial.isReturned) return;
    change();
    if (!trial.isReturned) return;
    const { candidate, reason, clients } = this.state!;
    this.logger.warn({ msg: 'the canary was sent back to the primary', candidate, reason, clients });
  }

  private get primary(): ServedModel {
    return this.recognizer.resolveModel(undefined);
  }
}

/** A request without a known client is a client of its own. */
function clientOf({ clientId, requestId }: Origin): string {
  return clientId ?? requestId;
}

/** From 0 to 1, the same on every replica; each candidate draws other clients. */
function rankOf(client: string, candidate: string): number {
  const hash = createHash('sha256').update(`canary ${candidate}\n${client}`).digest();
  return hash.readUInt32BE(0) / 2 ** 32;
}

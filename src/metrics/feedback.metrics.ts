import { Injectable } from '@nestjs/common';
import type { FeedbackObserver, FeedbackOutcome, OfModel } from '../monitoring/feedback/feedback.service.js';
import { feedbackOutcomes, FeedbackService } from '../monitoring/feedback/feedback.service.js';
import { Recognizer } from '../recognition/recognizer.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Counts what users do with their texts, for each model and version. */
@Injectable()
export class FeedbackMetrics implements FeedbackObserver {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly service: FeedbackService,
    private readonly recognizer: Recognizer,
  ) {}

  /** Creates all series, because a rate does not include the first count of a new one. */
  start(): void {
    const { metrics } = this.registry;
    for (const { id: model, version } of this.recognizer.models) {
      const names = namesOf({ model, version });
      for (const counter of [
        metrics.utterances,
        metrics.nullTranscripts,
        metrics.earlyCuts,
        metrics.correctedWords,
        metrics.correctedErrors,
      ]) {
        counter.inc(names, 0);
      }
      metrics.repeatSimilarity.zero(names);
      for (const feedback of feedbackOutcomes) metrics.feedback.inc({ ...names, feedback }, 0);
    }
    this.service.observe(this);
  }

  utterance(of: OfModel, { isEmpty, isCutEarly }: { isEmpty: boolean; isCutEarly: boolean }): void {
    const { utterances, nullTranscripts, earlyCuts } = this.registry.metrics;
    const names = namesOf(of);
    utterances.inc(names);
    nullTranscripts.inc(names, isEmpty ? 1 : 0);
    earlyCuts.inc(names, isCutEarly ? 1 : 0);
  }

  askedAgain(of: OfModel, similarity: number): void {
    this.registry.metrics.repeatSimilarity.observe(namesOf(of), similarity);
  }

  feedback(of: OfModel, outcome: FeedbackOutcome): void {
    this.registry.metrics.feedback.inc({ ...namesOf(of), feedback: outcome });
  }

  corrected(of: OfModel, { errors, words }: { errors: number; words: number }): void {
    this.registry.metrics.correctedErrors.inc(namesOf(of), errors);
    this.registry.metrics.correctedWords.inc(namesOf(of), words);
  }
}

function namesOf({ model, version }: OfModel): { model: string; version: string } {
  return { model, version: String(version) };
}

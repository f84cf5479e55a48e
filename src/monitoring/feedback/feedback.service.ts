import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import { UtteranceListener } from '../../recognition/utterances/utterance-listener.js';
import type { HeardUtterance } from '../../recognition/utterances/utterance-listener.js';
import { UtteranceListeners } from '../../recognition/utterances/utterance-listeners.js';
import { similarityOf, wordErrorsOf } from '../../transcripts/convention/word-distance.js';
import { AnsweredRequests } from './answered-requests.js';
import type { AnsweredRequest } from './answered-requests.js';

/** What a user did with a text: took it, mended it, gave up, or typed in place of speaking. */
export const feedbackOutcomes = ['accepted', 'corrected', 'abandoned', 'typed'] as const;
export type FeedbackOutcome = (typeof feedbackOutcomes)[number];

export interface Feedback {
  readonly requestId: string;
  readonly outcome: FeedbackOutcome;
  readonly correctedText: string | undefined;
}

/** The model that a report is about. */
export interface OfModel {
  readonly model: string;
  readonly version: number;
}

/** Receives what users do and what happens to them, as numbers. Calls must return at once. */
export interface FeedbackObserver {
  utterance(of: OfModel, what: { readonly isEmpty: boolean; readonly isCutEarly: boolean }): void;
  /** The same client asks again soon. @param similarity of the texts, 0 to 1 */
  askedAgain(of: OfModel, similarity: number): void;
  feedback(of: OfModel, outcome: FeedbackOutcome): void;
  corrected(of: OfModel, words: { readonly errors: number; readonly words: number }): void;
}

/** The right text of a request: personal data. */
export interface Correction {
  readonly requestId: string;
  readonly clientId: string | undefined;
  readonly text: string;
}
export type CorrectionListener = (correction: Correction) => void;

/** A query is asked again if the same client asks within this time. */
const askedAgainMs = 30_000;
const remembered = { count: 50_000, bytes: 32 * 1_048_576 } as const;

/**
 * Joins what users did with a text to the request that it came from, and notices clients who ask again. Texts are remembered for
 * FEEDBACK_MINUTES in memory, and only compared.
 */
@Injectable()
export class FeedbackService extends UtteranceListener implements OnModuleInit {
  private readonly answered: AnsweredRequests;
  private readonly lastOfClient: AnsweredRequests;
  private readonly outcomes = new WeakMap<AnsweredRequest, Set<FeedbackOutcome>>();
  private readonly observers: FeedbackObserver[] = [];
  private readonly correctionListeners: CorrectionListener[] = [];

  constructor(
    configuration: Configuration,
    private readonly listeners: UtteranceListeners,
  ) {
    super();
    this.answered = new AnsweredRequests({
      ageMs: configuration.get('FEEDBACK_MINUTES') * 60_000,
      ...remembered,
    });
    this.lastOfClient = new AnsweredRequests({ ageMs: askedAgainMs, ...remembered });
  }

  onModuleInit(): void {
    this.listeners.add(this);
  }

  observe(observer: FeedbackObserver): void {
    this.observers.push(observer);
  }

  /** The listener receives the right texts of requests with one utterance. */
  onCorrection(listener: CorrectionListener): void {
    this.correctionListeners.push(listener);
  }

  override utteranceHeard({ record, text }: HeardUtterance): void {
    const { origin, output, provenance } = record;
    if (origin === undefined) return;
    const { requestId, keyName, clientId } = origin;
    const now = performance.now();
    const of = { model: provenance.modelId, version: provenance.version };
    const { isEmpty, speechAfterFinal } = output;
    this.report((observer) => observer.utterance(of, { isEmpty, isCutEarly: speechAfterFinal === true }));
    this.answered.add({ requestId, keyName, clientId, ...of, text, at: now });
    // Utterances of one stream follow each other anyway.
    if (clientId === undefined || record.utterance > 0) return;
    const before = this.lastOfClient.find(keyName, clientId, now);
    if (before !== undefined) {
      const similarity = similarityOf(before.text, text);
      this.report((observer) => observer.askedAgain(of, similarity));
    }
    this.lastOfClient.replace({ requestId: clientId, keyName, clientId, ...of, text, at: now });
  }

  /**
   * Takes what a user did. The same outcome of a request counts once.
   * @param keyName of the key that says it: only that of the request may
   * @throws SpeechError UTTERANCE_UNKNOWN
   */
  take({ requestId, outcome, correctedText }: Feedback, keyName: string): void {
    const request = this.answered.find(keyName, requestId, performance.now());
    if (request === undefined) {
      throw new SpeechError(
        'UTTERANCE_UNKNOWN',
        'No request of this key with that id is remembered here. Feedback has to come soon, to the replica that answered.',
        { param: 'request_id' },
      );
    }
    const known = this.outcomes.get(request) ?? new Set();
    this.outcomes.set(request, known);
    if (!known.has(outcome)) {
      known.add(outcome);
      this.report((observer) => observer.feedback(request, outcome));
      if (correctedText !== undefined) {
        const words = wordErrorsOf(correctedText, request.text);
        this.report((observer) => observer.corrected(request, words));
      }
    }
    // Which of several utterances a text is for is not known.
    if (correctedText === undefined || request.utterances > 1) return;
    const correction = { requestId, clientId: request.clientId, text: correctedText };
    for (const listener of this.correctionListeners) listener(correction);
  }

  private report(how: (observer: FeedbackObserver) => void): void {
    for (const observer of this.observers) how(observer);
  }
}

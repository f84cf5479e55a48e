import { Injectable, Logger } from '@nestjs/common';
import { RecognitionObserver } from './recognition-observer.js';
import type {
  CancellationObservation,
  DecodeObservation,
  RecordingObservation,
} from './recognition-observer.js';

/**
 * Those who observe recognition: none, until they add themselves (in `onModuleInit`). What recognition calls; an
 * observer that throws harms neither recognition nor the other observers.
 */
@Injectable()
export class RecognitionObservers extends RecognitionObserver {
  private readonly logger = new Logger(RecognitionObservers.name);
  private readonly observers: RecognitionObserver[] = [];

  add(observer: RecognitionObserver): void {
    this.observers.push(observer);
  }

  override decoded(observation: DecodeObservation): void {
    this.tell((observer) => observer.decoded(observation));
  }

  override cancelled(observation: CancellationObservation): void {
    this.tell((observer) => observer.cancelled(observation));
  }

  override refused(refusal: Parameters<RecognitionObserver['refused']>[0]): void {
    this.tell((observer) => observer.refused(refusal));
  }

  override workerReplaced(replacement: Parameters<RecognitionObserver['workerReplaced']>[0]): void {
    this.tell((observer) => observer.workerReplaced(replacement));
  }

  override recordingCompleted(observation: RecordingObservation): void {
    this.tell((observer) => observer.recordingCompleted(observation));
  }

  private tell(how: (observer: RecognitionObserver) => void): void {
    for (const observer of this.observers) {
      try {
        how(observer);
      } catch (error) {
        this.logger.error({
          msg: 'an observer of recognition failed',
          observer: observer.constructor.name,
          reason: (error as Error).message,
        });
      }
    }
  }
}

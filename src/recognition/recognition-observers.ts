import { Injectable, Logger } from '@nestjs/common';
import { RecognitionObserver } from './recognition-observer.js';
import type {
  CancellationObservation,
  DecodeObservation,
  RefusalObservation,
} from '../inference/decode-observer.js';
import type {
  FinalObservation,
  PartialObservation,
  RecordingObservation,
  StreamAudio,
  StreamObservation,
} from './recognition-observer.js';

/**
 * All observers of recognition; they add themselves in `onModuleInit`. Recognition reports to this class. An observer that
 * throws harms neither recognition nor the other observers.
 */
@Injectable()
export class RecognitionObservers extends RecognitionObserver {
  private readonly logger = new Logger(RecognitionObservers.name);
  private readonly observers: RecognitionObserver[] = [];

  add(observer: RecognitionObserver): void {
    this.observers.push(observer);
  }

  override decoded(observation: DecodeObservation): void {
    this.report((observer) => observer.decoded(observation));
  }

  override cancelled(observation: CancellationObservation): void {
    this.report((observer) => observer.cancelled(observation));
  }

  override refused(refusal: RefusalObservation): void {
    this.report((observer) => observer.refused(refusal));
  }

  override workerReplaced(replacement: Parameters<RecognitionObserver['workerReplaced']>[0]): void {
    this.report((observer) => observer.workerReplaced(replacement));
  }

  override recordingRead(stream: StreamObservation, audio: StreamAudio): void {
    this.report((observer) => observer.recordingRead(stream, audio));
  }

  override recordingCompleted(observation: RecordingObservation): void {
    this.report((observer) => observer.recordingCompleted(observation));
  }

  override streamOpened(stream: StreamObservation): void {
    this.report((observer) => observer.streamOpened(stream));
  }

  override audioReceived(stream: StreamObservation, audio: StreamAudio): void {
    this.report((observer) => observer.audioReceived(stream, audio));
  }

  override firstPartial(stream: StreamObservation, observation: PartialObservation): void {
    this.report((observer) => observer.firstPartial(stream, observation));
  }

  override finalMade(stream: StreamObservation, observation: FinalObservation): void {
    this.report((observer) => observer.finalMade(stream, observation));
  }

  override streamClosed(stream: StreamObservation, audio: StreamAudio): void {
    this.report((observer) => observer.streamClosed(stream, audio));
  }

  private report(how: (observer: RecognitionObserver) => void): void {
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

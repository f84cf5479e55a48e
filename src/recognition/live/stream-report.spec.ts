import { describe, expect, it } from 'vitest';
import { RecognitionObserver } from '../recognition-observer.js';
import type { FinalObservation, PartialObservation, StreamAudio } from '../recognition-observer.js';
import { StreamReport } from './stream-report.js';

class StreamObserver extends RecognitionObserver {
  readonly calls: string[] = [];
  readonly audioMs: number[] = [];

  override streamOpened(): void {
    this.calls.push('opened');
  }

  override audioReceived(_stream: unknown, { audioMs }: StreamAudio): void {
    this.calls.push('audio');
    this.audioMs.push(audioMs);
  }

  override firstPartial(_stream: unknown, { latencyMs }: PartialObservation): void {
    this.calls.push(`partial ${latencyMs >= 0}`);
  }

  override finalMade(_stream: unknown, { latencyMs, empty }: FinalObservation): void {
    this.calls.push(`final ${latencyMs >= 0} ${empty}`);
  }

  override streamClosed(_stream: unknown, { audioMs }: StreamAudio): void {
    this.calls.push(`closed ${audioMs}`);
  }
}

const opened = (): { observer: StreamObserver; report: StreamReport } => {
  const observer = new StreamObserver();
  const report = new StreamReport(observer, { modelId: 'some', origin: undefined });
  expect(observer.calls).toEqual([]);
  report.opened();
  return { observer, report };
};

describe('StreamReport', () => {
  it('reports audio by the second, and what is left at the end', () => {
    const { observer, report } = opened();
    for (let end = 1_600; end <= 40_000; end += 1_600) report.audioCame(end);
    report.closed();
    expect(observer.audioMs).toEqual([1_000, 1_000, 500]);
    expect(observer.calls).toEqual(['opened', 'audio', 'audio', 'audio', 'closed 2500']);
  });

  it('reports no audio of a stream that had none', () => {
    const { observer, report } = opened();
    report.closed();
    expect(observer.calls).toEqual(['opened', 'closed 0']);
  });

  it('reports the first partial of each utterance', () => {
    const { observer, report } = opened();
    report.audioCame(8_000);
    report.partial();
    report.utteranceStarted(100);
    report.partial();
    report.partial();
    report.utteranceStarted(400);
    report.partial();
    expect(observer.calls).toEqual(['opened', 'partial true', 'partial true']);
  });

  it('reports each final, and whether it has words', () => {
    const { observer, report } = opened();
    report.final(performance.now(), false);
    report.final(performance.now(), true);
    expect(observer.calls).toEqual(['opened', 'final true false', 'final true true']);
  });
});

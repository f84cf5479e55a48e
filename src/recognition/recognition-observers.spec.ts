import { expect, it } from 'vitest';
import { RememberingObserver } from '../../test/support/remembering-observer.js';
import { RecognitionObservers } from './recognition-observers.js';

const cancellation = { priority: 'final', where: 'queued' } as const;

it('reports to nobody without an observer', () => {
  expect(() => new RecognitionObservers().cancelled(cancellation)).not.toThrow();
});

it('reports to every observer, although one of them fails', () => {
  class Failing extends RememberingObserver {
    override cancelled(): void {
      throw new Error('observers must not harm recognition');
    }
  }
  const [first, last] = [new RememberingObserver(), new RememberingObserver()];
  const observers = new RecognitionObservers();
  for (const observer of [first, new Failing(), last]) observers.add(observer);
  observers.cancelled(cancellation);
  observers.refused({ code: 'QUEUE_FULL' });
  observers.workerReplaced({ pool: 'decoding' });
  for (const observer of [first, last]) {
    expect(observer.cancellations).toEqual([cancellation]);
    expect(observer.refusals).toEqual(['QUEUE_FULL']);
    expect(observer.replacements).toEqual(['decoding']);
  }
});

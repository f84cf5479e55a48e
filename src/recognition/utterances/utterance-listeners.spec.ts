import { expect, it } from 'vitest';
import { RememberingListener } from '../../../test/support/remembering-listener.js';
import { UtteranceListener } from './utterance-listener.js';
import type { HeardUtterance } from './utterance-listener.js';
import { UtteranceListeners } from './utterance-listeners.js';

class Failing extends UtteranceListener {
  override wantsAudio(): boolean {
    throw new Error('listeners must not harm recognition');
  }

  override utteranceHeard(): void {
    throw new Error('listeners must not harm recognition');
  }
}

it('calls every listener, although one of them fails', () => {
  const listeners = new UtteranceListeners();
  const [first, last] = [new RememberingListener(), new RememberingListener()];
  for (const listener of [first, new Failing(), last]) listeners.add(listener);
  const utterance = { text: 'hello' } as HeardUtterance;
  listeners.utteranceHeard(utterance);
  expect([...first.utterances, ...last.utterances]).toEqual([utterance, utterance]);
});

it('wants audio if any listener does, and not by default', () => {
  const listeners = new UtteranceListeners();
  expect(listeners.wantsAudio(undefined)).toBe(false);
  listeners.add(new RememberingListener());
  listeners.add(new Failing());
  expect(listeners.wantsAudio(undefined)).toBe(false);
  listeners.add(new RememberingListener(true));
  listeners.add(new RememberingListener());
  expect(listeners.wantsAudio(undefined)).toBe(true);
});

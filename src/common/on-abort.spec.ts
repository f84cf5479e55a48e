import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { onAbort } from './on-abort.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('onAbort', () => {
  it('leaves no listener on a signal that lives long, although garbage is collected before the others end', async () => {
    const service = new AbortController();
    let clients: AbortController[] = [];
    for (let client = 0; client < 20; client++) {
      const gone = new AbortController();
      onAbort(service.signal, () => clients.push(gone), gone.signal);
      clients.push(gone);
    }
    expect(getEventListeners(service.signal, 'abort')).toHaveLength(20);
    // What is held weakly goes only between two turns of the event loop.
    await new Promise(setImmediate);
    collectGarbage();
    for (const gone of clients) gone.abort();
    clients = [];
    expect(getEventListeners(service.signal, 'abort')).toHaveLength(0);
  });

  it('acts once, at once where it was aborted already, and not after the end', () => {
    const [service, client, gone] = [new AbortController(), new AbortController(), new AbortController()];
    const acted: string[] = [];
    gone.abort();
    onAbort(service.signal, () => acted.push('before'), client.signal);
    onAbort(service.signal, () => acted.push('gone'), gone.signal);
    service.abort();
    onAbort(service.signal, () => acted.push('after'), client.signal);
    expect(acted).toEqual(['before', 'after']);
  });
});

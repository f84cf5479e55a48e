import { describe, expect, it } from 'vitest';
import { EventOutbox } from './event-outbox.js';
import type { RecognitionEvent } from './recognition-stream.js';

function partial(id: number, text: string): RecognitionEvent {
  const hypothesis = {
    text,
    tokens: [],
    tokenBytes: [],
    tokenLogProbs: [],
    stopReason: 'end-of-text' as const,
  };
  return { type: 'segment-partial', utteranceId: 0, segment: { id, startMs: 0, endMs: 1, hypothesis } };
}

async function all(outbox: EventOutbox): Promise<RecognitionEvent[]> {
  const events: RecognitionEvent[] = [];
  for await (const event of outbox.read()) events.push(event);
  return events;
}

const cleared = (atMs: number): RecognitionEvent => ({ type: 'cleared', atMs });

describe('EventOutbox', () => {
  it('keeps the order of events although one of them is complete later than the next', async () => {
    const outbox = new EventOutbox(() => undefined);
    let arrive: (event: RecognitionEvent) => void = () => undefined;
    outbox.push(new Promise((resolve) => (arrive = resolve)));
    outbox.push(cleared(2));
    outbox.end();
    const read = all(outbox);
    arrive(cleared(1));
    expect(await read).toEqual([cleared(1), cleared(2)]);
  });

  it('gives a slow reader only the newest partial of a segment', async () => {
    const outbox = new EventOutbox(() => undefined);
    outbox.push(partial(0, 'one'));
    outbox.push(partial(0, 'one two'));
    outbox.push(partial(1, 'three'));
    outbox.end();
    expect(await all(outbox)).toEqual([partial(0, 'one two'), partial(1, 'three')]);
  });

  it('reports a failure after the events before it', async () => {
    const outbox = new EventOutbox(() => undefined);
    outbox.push(cleared(1));
    outbox.end(new Error('broken'));
    const events: RecognitionEvent[] = [];
    const reading = (async () => {
      for await (const event of outbox.read()) events.push(event);
    })();
    await expect(reading).rejects.toThrow('broken');
    expect(events).toEqual([cleared(1)]);
  });

  it('ends at once when nobody reads any more, and takes nothing afterwards', async () => {
    const outbox = new EventOutbox(() => undefined);
    outbox.push(cleared(1));
    outbox.abandon();
    outbox.push(cleared(2));
    expect(await all(outbox)).toEqual([]);
    expect(outbox.size).toBe(0);
  });
});

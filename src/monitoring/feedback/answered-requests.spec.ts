import { describe, expect, it } from 'vitest';
import { AnsweredRequests } from './answered-requests.js';
import type { AnsweredUtterance } from './answered-requests.js';

function utterance(requestId: string, at: number, text = 'four', keyName = 'app'): AnsweredUtterance {
  return { requestId, keyName, clientId: 'c', model: 'm', version: 1, text, at };
}

describe('AnsweredRequests', () => {
  it('joins the utterances of a stream, and counts them', () => {
    const requests = new AnsweredRequests({ ageMs: 100, count: 10, bytes: 1_000 });
    requests.add(utterance('a', 0, 'turn on'));
    requests.add(utterance('a', 1, 'the light'));
    expect(requests.find('app', 'a', 2)).toMatchObject({ text: 'turn on the light', utterances: 2 });
  });

  it('keeps requests of two keys apart that chose the same id', () => {
    const requests = new AnsweredRequests({ ageMs: 100, count: 10, bytes: 1_000 });
    requests.add(utterance('a', 0, 'mine', 'app'));
    requests.add(utterance('a', 1, 'yours', 'other'));
    expect(requests.find('app', 'a', 2)).toMatchObject({ text: 'mine', utterances: 1 });
    expect(requests.find('other', 'a', 2)).toMatchObject({ text: 'yours', utterances: 1 });
    expect(requests.find(undefined, 'a', 2)).toBeUndefined();
  });

  it('forgets the oldest beyond its age, its number and its bytes', () => {
    const requests = new AnsweredRequests({ ageMs: 100, count: 2, bytes: 20 });
    requests.add(utterance('a', 0));
    requests.add(utterance('b', 50));
    requests.add(utterance('c', 60));
    expect(requests.find('app', 'a', 60)).toBeUndefined();
    expect(requests.size).toBe(2);
    requests.add(utterance('d', 70, 'long text'));
    expect(requests.size).toBe(1);
    expect(requests.find('app', 'd', 170)).toBeDefined();
    expect(requests.find('app', 'd', 171)).toBeUndefined();
    expect(requests.size).toBe(0);
  });

  it('holds one request of a client after another', () => {
    const requests = new AnsweredRequests({ ageMs: 100, count: 10, bytes: 1_000 });
    requests.replace(utterance('c', 0, 'one'));
    requests.replace(utterance('c', 1, 'two'));
    expect(requests.find('app', 'c', 2)).toMatchObject({ text: 'two', utterances: 1 });
  });
});

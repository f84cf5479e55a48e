import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../shared/given-fields.js';
import { readListenLiveQuery } from './listen-live-query.dto.js';
import type { ListenLiveQuery } from './listen-live-query.dto.js';

const read = (query: string): ListenLiveQuery => readListenLiveQuery(fieldsOf(new URLSearchParams(query)));

describe('the query of a live stream', () => {
  it('is read with numbers and booleans, without unknown fields', () => {
    expect({
      ...read(
        'model=default&encoding=mulaw&sample_rate=8000&channels=2&multichannel=true&interim_results=true' +
          '&endpointing=300&utterance_end_ms=1000&vad_events=false&punctuate=true&smart_format=true&tag=a&tag=b',
      ),
    }).toEqual({
      model: 'default',
      encoding: 'mulaw',
      sample_rate: 8_000,
      channels: 2,
      multichannel: true,
      interim_results: true,
      endpointing: 300,
      utterance_end_ms: 1_000,
      vad_events: false,
      punctuate: true,
    });
  });

  it('accepts booleans as Python writes them, and leaves out blank fields', () => {
    const blank = 'encoding=&sample_rate=&channels=&multichannel=&language=&model=&utterance_end_ms=';
    expect({ ...read(`interim_results=True&vad_events=FALSE&${blank}`) }).toEqual({
      interim_results: true,
      vad_events: false,
    });
  });

  it('may be empty', () => {
    expect(read('').endpointing).toBeUndefined();
  });

  it.each([
    ['endpointing=false', false],
    ['endpointing=true', undefined],
    ['endpointing=True', undefined],
    ['endpointing=False', false],
    ['endpointing=', undefined],
    ['endpointing=1', 1],
    ['endpointing=0', 0],
    ['endpointing=10', 10],
  ])('accepts %s', (query, endpointing) => {
    expect(read(query).endpointing).toBe(endpointing);
  });

  it.each([
    ['endpointing=soon', 'endpointing'],
    ['endpointing=-1', 'endpointing'],
    ['endpointing=1.5', 'endpointing'],
    ['endpointing=60001', 'endpointing'],
    ['endpointing=10&endpointing=20', 'endpointing'],
    ['interim_results=maybe', 'interim_results'],
    ['vad_events=2', 'vad_events'],
    ['interim_results=true&utterance_end_ms=999', 'utterance_end_ms'],
    ['interim_results=true&utterance_end_ms=long', 'utterance_end_ms'],
    ['utterance_end_ms=1000', 'utterance_end_ms'],
    ['interim_results=false&utterance_end_ms=1000', 'utterance_end_ms'],
    ['model=a&model=b', 'model'],
  ])('with %s is refused for %s', (query, param) => {
    expect(() => read(query)).toThrow(expect.objectContaining({ code: 'INVALID_FIELD', param }) as Error);
  });

  it('is not changed by names that objects treat in their own way', () => {
    expect(read('__proto__=a&__proto__=b&constructor=c')).toEqual(read(''));
  });
});

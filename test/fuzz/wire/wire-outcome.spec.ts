import { describe, expect, it } from 'vitest';
import type { WireInput } from './request-input.js';
import { completenessOf, outcomeOf } from './wire-outcome.js';

function sent(text: string): WireInput {
  return { about: '', options: { ending: 'answer', isWhole: true }, pieces: [Buffer.from(text)] };
}

function answer(status: number, body: string, length = body.length): Buffer {
  return Buffer.from(
    `HTTP/1.1 ${status} X\r\nx-request-id: a\r\ncontent-length: ${length}\r\n\r\n${body}`,
    'latin1',
  );
}

const head = sent('HEAD /v1/models HTTP/1.1\r\n\r\n');
const notFound = JSON.stringify({ error: { code: 'NOT_FOUND' } });

describe('completenessOf', () => {
  it('waits for the answer after 100 Continue, and not longer', () => {
    const isComplete = completenessOf(sent('POST / HTTP/1.1\r\nexpect: 100-continue\r\n\r\n'));
    const onTheWay = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');
    expect(isComplete(onTheWay)).toBe(false);
    expect(isComplete(Buffer.concat([onTheWay, answer(200, 'a')]))).toBe(true);
  });
});

describe('outcomeOf', () => {
  it('takes an answer to HEAD without its body, and what follows it', () => {
    const answers = Buffer.concat([answer(200, '', 100), answer(404, notFound)]);
    expect(outcomeOf(answers, head)).toEqual({ label: '200', refused: false });
    expect(completenessOf(head)(answer(200, '', 100))).toBe(true);
  });

  it('finds faults in answers to HEAD', () => {
    expect(() => outcomeOf(answer(500, '', 100), head)).toThrow('500');
    expect(() => outcomeOf(answer(503, '', 100), head)).toThrow('Retry-After');
    expect(() => outcomeOf(Buffer.concat([answer(200, '', 9), answer(500, '')]), head)).toThrow('500');
    expect(() => outcomeOf(Buffer.alloc(0), head)).toThrow('no answer');
  });

  it('finds faults in answers to inputs that contain HEAD somewhere', () => {
    const inBody = sent('POST / HTTP/1.1\r\n\r\nHEAD ');
    expect(() => outcomeOf(answer(500, notFound), inBody)).toThrow('500');
    expect(() => outcomeOf(answer(404, 'no code'), inBody)).toThrow('without a code');
    expect(outcomeOf(answer(404, notFound), inBody)).toEqual({ label: 'NOT_FOUND', refused: true });
  });

  it('does not take an error without a body for an answer to HEAD', () => {
    expect(() => outcomeOf(answer(404, ''), sent('GET / HTTP/1.1\r\n\r\n'))).toThrow('without a code');
  });
});

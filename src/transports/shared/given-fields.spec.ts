import { describe, expect, it } from 'vitest';
import { asBoolean, asksFor, fieldsOf, givenFields } from './given-fields.js';

const spelled = (value: unknown): unknown => asBoolean({ value } as Parameters<typeof asBoolean>[0]);

describe('the fields that a client has filled in', () => {
  it.each(['', ' ', '\t\n', 'None', 'null', 'undefined', [], [''], ['', ' ', 'None']])(
    'are without one whose value is %j',
    (value) => {
      expect(givenFields({ language: value, model: 'default' })).toEqual({ model: 'default' });
    },
  );

  it('are otherwise as they came', () => {
    const fields = {
      model: 'nova-3',
      prompt: ' None of them ',
      include: ['logprobs', 'other'],
      stream: 'True',
    };
    expect(givenFields(fields)).toEqual(fields);
  });

  it('have lists without their blank entries', () => {
    expect(givenFields({ languages: ['', 'en', 'de'], include: ['logprobs', ''] })).toEqual({
      languages: ['en', 'de'],
      include: 'logprobs',
    });
  });
});

describe('a boolean', () => {
  it.each(['true', 'True', 'TRUE', ' true ', '1', 'yes', 'On'])('may be spelled %j', (value) => {
    expect(spelled(value)).toBe(true);
    expect(asksFor(value)).toBe(true);
  });

  it.each(['false', 'False', 'FALSE', '0', 'no', 'Off'])('may be spelled %j', (value) => {
    expect(spelled(value)).toBe(false);
    expect(asksFor(value)).toBe(false);
  });

  it.each(['maybe', '2', '-1', 'ja'])('is not what %j says', (value) => {
    expect(spelled(value)).toBe(value);
  });
});

describe('a feature', () => {
  it.each([undefined, '', ' ', 'None', [], ['', 'false']])('is not asked for by %j', (value) => {
    expect(asksFor(value)).toBe(false);
  });

  it.each(['pci', 'v2', ['', 'numbers'], '2'])('is asked for by %j', (value) => {
    expect(asksFor(value)).toBe(true);
  });
});

describe('the fields of a query', () => {
  it('are lists where a name is repeated', () => {
    expect(fieldsOf(new URLSearchParams('tag=a&tag=b&model=c'))).toEqual({ tag: ['a', 'b'], model: 'c' });
  });
});

import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { restoreState, stateOf } from './object-state.js';

class Inner {
  sum = 0;
  readonly values = new Float32Array(3);
}

class Outer {
  readonly inner = new Inner();
  readonly constant = Object.freeze(new Inner());
  pauses: { readonly start: number }[] = [];
  last: number | undefined;
  found: Inner | undefined;

  constructor(readonly onChange: () => void) {}
}

const nothing = (): void => undefined;

describe('stateOf and restoreState', () => {
  it('give an object what another one had, also in another process', () => {
    const first = new Outer(nothing);
    first.inner.sum = 0.1 + 0.2;
    first.inner.values.set([1, 2, 3]);
    first.pauses.push({ start: 7 });
    first.last = -Infinity;
    const second = new Outer(nothing);
    restoreState(second, deserialize(serialize(stateOf(first))) as object as ReturnType<typeof stateOf>);
    expect(second).toEqual(first);
    expect(second.inner).toBeInstanceOf(Inner);
    first.inner.values[0] = 9;
    first.pauses.push({ start: 8 });
    expect([second.inner.values[0], second.pauses.length]).toEqual([1, 1]);
  });

  it('give arrays of numbers memory of their own, and not that of the message', () => {
    const first = { large: new Float32Array(100_000), small: [{ bytes: new Uint8Array(5_001).subarray(1) }] };
    const second = { large: new Float32Array(0), small: [] as { bytes: Uint8Array }[] };
    restoreState(second, deserialize(serialize(stateOf(first))) as object as ReturnType<typeof stateOf>);
    expect(second).toEqual(first);
    expect(second.large.buffer.byteLength).toBe(400_000);
    expect(second.small[0]!.bytes.buffer.byteLength).toBe(5_000);
  });

  it('leave functions and constants out', () => {
    expect(Object.keys(stateOf(new Outer(nothing)))).toEqual(['inner', 'pauses', 'last', 'found']);
  });

  it('refuse a state with an instance that the object lacks', () => {
    const first = new Outer(nothing);
    first.found = new Inner();
    expect(() => restoreState(new Outer(nothing), stateOf(first))).toThrow('found cannot be restored');
  });
});

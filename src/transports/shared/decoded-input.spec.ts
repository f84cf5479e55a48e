import { describe, expect, it } from 'vitest';
import { FakeConnection } from '../../../test/support/fake-connection.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import { DecodedInput } from './decoded-input.js';

const block: LiveBlocks = [{ samples: new Float32Array(3), rows: new Float32Array(0) }];

const unexpected = (): never => expect.unreachable();

/** Blocks that come when the test says so. */
function laterBlocks(): {
  blocks: AsyncIterable<LiveBlocks>;
  give: () => void;
  end: (error?: Error) => void;
} {
  let wake: (part: LiveBlocks | Error | undefined) => void = () => undefined;
  async function* blocks(): AsyncGenerator<LiveBlocks, void, undefined> {
    for (;;) {
      const part = await new Promise<LiveBlocks | Error | undefined>((resolve) => (wake = resolve));
      if (part === undefined) return;
      if (part instanceof Error) throw part;
      yield part;
    }
  }
  return { blocks: blocks(), give: () => wake(block), end: (error) => wake(error) };
}

describe('DecodedInput', () => {
  it('feeds blocks that are there at once, and throws their errors', () => {
    const connection = new FakeConnection();
    const input = new DecodedInput(connection, () => Promise.resolve());
    const fed: LiveBlocks[] = [];
    input.take(block, (blocks) => fed.push(blocks), unexpected);
    expect(fed).toEqual([block]);
    expect(connection.isPaused).toBe(false);
    expect(() =>
      input.take(
        block,
        () => {
          throw new Error('full');
        },
        unexpected,
      ),
    ).toThrow('full');
    let called = false;
    input.whenTaken(() => (called = true));
    expect(called).toBe(true);
  });

  it('has further messages wait while blocks are to come, and says when all were taken', async () => {
    const connection = new FakeConnection();
    const input = new DecodedInput(connection, () => Promise.resolve());
    const { blocks, give, end } = laterBlocks();
    const fed: LiveBlocks[] = [];
    input.take(blocks, (part) => fed.push(part), unexpected);
    expect(connection.isPaused).toBe(true);
    expect(input.allHandedOver).toBe(false);
    const taken = new Promise<void>((resolve) => input.whenTaken(resolve));
    give();
    await expect.poll(() => fed.length).toBe(1);
    end();
    await taken;
    await input.handedOver();
    expect(connection.isPaused).toBe(false);
    expect(input.allHandedOver).toBe(true);
  });

  it('takes the next block only when there is room for it', async () => {
    let makeRoom = (): void => undefined;
    const room = new Promise<void>((resolve) => (makeRoom = resolve));
    const input = new DecodedInput(new FakeConnection(), () => room);
    let given = 0;
    async function* blocks(): AsyncGenerator<LiveBlocks, void, undefined> {
      for (; given < 3; given++) yield await Promise.resolve(block);
    }
    let fed = 0;
    input.take(blocks(), () => fed++, unexpected);
    await expect.poll(() => fed).toBe(1);
    expect(given).toBe(0);
    makeRoom();
    await input.handedOver();
    expect(fed).toBe(3);
  });

  it('reports an error that comes later, and lets messages go on', async () => {
    const connection = new FakeConnection();
    const input = new DecodedInput(connection, () => Promise.resolve());
    const { blocks, end } = laterBlocks();
    const errors: unknown[] = [];
    input.take(blocks, unexpected, (error) => errors.push(error));
    await Promise.resolve();
    end(new Error('broken'));
    await input.handedOver();
    expect(errors).toEqual([new Error('broken')]);
    expect(connection.isPaused).toBe(false);
  });
});

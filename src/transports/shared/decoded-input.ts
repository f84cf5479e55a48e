import { isBlocks } from '../../normalization/live-chains.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import type { LiveConnection, LiveInput } from './live-connection.js';

/**
 * The decoded audio of one client, in order: samples are there at once; compressed audio comes from another process, and
 * further messages wait meanwhile.
 */
export class DecodedInput implements LiveInput {
  private taking: Promise<void> | undefined;

  /** @param drained resolves when what was fed before leaves room for more */
  constructor(
    private readonly connection: Pick<LiveConnection, 'pause' | 'resume' | keyof LiveInput>,
    private readonly drained: () => Promise<unknown>,
  ) {}

  /**
   * @param feed is called for all blocks
   * @param onError is called for errors that come later
   * @throws what `feed` throws for blocks that are there at once
   */
  take(
    blocks: LiveBlocks | AsyncIterable<LiveBlocks>,
    feed: (blocks: LiveBlocks) => void,
    onError: (error: unknown) => void,
  ): void {
    if (isBlocks(blocks)) feed(blocks);
    else this.taking = this.takeLater(blocks, feed, onError);
  }

  /** Calls back when all blocks have been taken: at once, if none is still to come. */
  whenTaken(callback: () => void): void {
    if (this.taking === undefined) callback();
    else void this.taking.then(callback);
  }

  get allHandedOver(): boolean {
    return this.taking === undefined && this.connection.allHandedOver;
  }

  async handedOver(): Promise<void> {
    await this.connection.handedOver();
    await this.taking;
  }

  private async takeLater(
    decoded: AsyncIterable<LiveBlocks>,
    feed: (blocks: LiveBlocks) => void,
    onError: (error: unknown) => void,
  ): Promise<void> {
    this.connection.pause();
    try {
      for await (const blocks of decoded) {
        feed(blocks);
        await this.drained();
      }
    } catch (error) {
      onError(error);
    }
    this.taking = undefined;
    this.connection.resume();
  }
}

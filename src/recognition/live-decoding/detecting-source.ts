import type { AudioFormat } from '../../audio/audio.types.js';
import type { DetectedFormat, FormatDetector } from '../../audio/format-detector.js';
import { isCodec } from '../../audio/input-formats.js';
import type { LiveSource } from '../../normalization/live-audio.js';
import { isBlocks } from '../../normalization/live-chains.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';

export interface SourceChoices {
  readonly detector: Pick<FormatDetector, 'push' | 'flush'>;
  /** @param container a compressed format */
  openCompressed(container: string): LiveSource;
  /** For every other format, also those that are refused. */
  openOther(): LiveSource;
}

/** Chooses by the first bytes of a live stream where it is decoded: samples here, compressed formats in another process. */
export class DetectingSource implements LiveSource {
  private source: LiveSource | undefined;

  constructor(private readonly choices: SourceChoices) {}

  get format(): AudioFormat | undefined {
    return this.source?.format;
  }

  get level(): number {
    return this.source?.level ?? -Infinity;
  }

  push(bytes: Uint8Array): LiveBlocks | AsyncIterable<LiveBlocks> {
    if (this.source !== undefined) return this.source.push(bytes);
    const detected = this.choices.detector.push(bytes);
    return detected === undefined ? [] : this.begin(detected).push(detected.bytes);
  }

  flush(): LiveBlocks | AsyncIterable<LiveBlocks> {
    if (this.source !== undefined) return this.source.flush();
    const detected = this.choices.detector.flush();
    const source = this.begin(detected);
    return allOf(source.push(detected.bytes), () => source.flush());
  }

  dispose(): void {
    this.source?.dispose();
  }

  private begin({ container }: DetectedFormat): LiveSource {
    this.source =
      container !== undefined && isCodec(container)
        ? this.choices.openCompressed(container)
        : this.choices.openOther();
    return this.source;
  }
}

async function* allOf(
  first: LiveBlocks | AsyncIterable<LiveBlocks>,
  flush: () => LiveBlocks | AsyncIterable<LiveBlocks>,
): AsyncGenerator<LiveBlocks, void, undefined> {
  for (const part of [() => first, flush]) {
    const blocks = part();
    if (isBlocks(blocks)) yield blocks;
    else yield* blocks;
  }
}

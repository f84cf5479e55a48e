import type { CodecDecoder } from '../../audio/audio-decoder.js';
import { openCodec } from '../../audio/input-formats.js';
import { openOpusPackets } from '../../audio/decoders/opus/open-opus.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { joinBlocks, LiveChains } from '../../normalization/live-chains.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import { modelSampleRateHz } from '../../normalization/normalization.types.js';
import { OpenInputs } from '../recordings/open-inputs.js';
import type { LiveDecoded, LiveDecodingRequest } from './live-decoding-messages.js';

/** A few bytes can hold hours of silence: an answer takes little memory, and others do not wait long for theirs. */
const samplesPerAnswer = 30 * modelSampleRateHz;
const noBytes = new Uint8Array(0);

/** One live stream in the process that decodes it: bytes in, normalized samples out. */
class LiveDecoding {
  private readonly chains: LiveChains;
  /** The audio of a piece that is not finished. */
  private unfinished: AsyncGenerator<LiveBlocks, void, undefined> | undefined;
  private isResumed = false;
  private receivedBytes = 0;
  /** The bytes that are decoded, when the resumption was made: it is another one only when there are more of them. */
  private resumableAt = 0;

  private constructor(
    private readonly decoder: CodecDecoder,
    request: LiveDecodingRequest,
  ) {
    this.chains = new LiveChains(request);
  }

  static async open(request: LiveDecodingRequest): Promise<LiveDecoding> {
    const { input, resumption = noBytes } = request;
    const decoder =
      input.type === 'container' ? await openCodec(input.name) : await openOpusPackets(input.channelCount);
    const decoding = new LiveDecoding(decoder, request);
    await decoding.resume(resumption);
    return decoding;
  }

  /** @throws Error where the audio is not at fault */
  async readPiece(bytes: Uint8Array, last: boolean): Promise<LiveDecoded> {
    const { chains, decoder } = this;
    const decoded: LiveBlocks[] = [];
    let samples = 0;
    let hasMore = false;
    let failure: SpeechError | undefined;
    this.unfinished ??= this.decode(bytes, last);
    try {
      while (!hasMore) {
        const next = await this.unfinished.next();
        if (next.done) break;
        decoded.push(next.value);
        samples += next.value[0]?.samples.length ?? 0;
        hasMore = samples >= samplesPerAnswer;
      }
    } catch (error) {
      if (!(error instanceof SpeechError)) throw error;
      // Everything may have come before the process began.
      if (error.code !== 'AUDIO_EMPTY' || !this.isResumed) failure = error;
    }
    if (!hasMore) this.unfinished = undefined;
    if (failure !== undefined || (last && !hasMore)) decoded.push(chains.flush(undefined));
    const outputs = Math.max(0, ...decoded.map(({ length }) => length));
    return {
      format: decoder.format,
      blocks: Array.from({ length: outputs }, (_, output) =>
        joinBlocks(decoded.flatMap((blocks) => blocks[output] ?? [])),
      ),
      level: chains.level,
      hasMore,
      heldBytes: decoder.heldBytes,
      ...(hasMore || failure !== undefined ? {} : this.newResumption()),
      ...(failure === undefined ? {} : { failure: { code: failure.code, message: failure.message } }),
    };
  }

  dispose(): void {
    this.decoder.dispose();
  }

  /** Puts the decoder into the state of the one before. */
  private async resume(resumption: Uint8Array): Promise<void> {
    this.isResumed = resumption.length > 0;
    if (!this.isResumed) return;
    for await (const _ of this.decoder.push(resumption));
  }

  private async *decode(bytes: Uint8Array, last: boolean): AsyncGenerator<LiveBlocks, void, undefined> {
    const { chains, decoder } = this;
    this.receivedBytes += bytes.length;
    if (bytes.length > 0) for await (const chunk of decoder.push(bytes)) yield chains.push(chunk);
    if (last) for await (const chunk of decoder.flush()) yield chains.push(chunk);
  }

  private newResumption(): Pick<LiveDecoded, 'resumption'> {
    const decodedBytes = this.receivedBytes - this.decoder.heldBytes;
    if (decodedBytes === this.resumableAt) return {};
    this.resumableAt = decodedBytes;
    return { resumption: this.decoder.resumption() };
  }
}

/** The open live streams of a process. */
export function openLiveDecodings(): OpenInputs<LiveDecodingRequest, LiveDecoded> {
  return new OpenInputs({
    open: (begin) => LiveDecoding.open(begin),
    isDone: ({ failure, hasMore }, last) => failure !== undefined || (last && !hasMore),
  });
}

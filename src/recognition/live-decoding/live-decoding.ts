import type { LiveCodecDecoder } from '../../audio/audio-decoder.js';
import { openLiveCodec } from '../../audio/input-formats.js';
import { openOpusPackets } from '../../audio/decoders/opus/open-opus.js';
import { joinSamples } from '../../audio/join-samples.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { LiveChains } from '../../normalization/live-chains.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import { OpenInputs } from '../recordings/open-inputs.js';
import type { LiveDecoded, LiveDecodingRequest } from './live-decoding-messages.js';

/** One live stream in the process that decodes it: bytes in, normalized samples out. */
class LiveDecoding {
  private readonly chains: LiveChains;

  private constructor(
    private readonly decoder: LiveCodecDecoder,
    request: LiveDecodingRequest,
  ) {
    this.chains = new LiveChains(request);
  }

  static async open(request: LiveDecodingRequest): Promise<LiveDecoding> {
    const { input } = request;
    const decoder =
      input.type === 'container'
        ? await openLiveCodec(input.name)
        : await openOpusPackets(input.channelCount);
    return new LiveDecoding(decoder, request);
  }

  /** @throws Error where the audio is not at fault */
  async readPiece(bytes: Uint8Array, last: boolean): Promise<LiveDecoded> {
    const { chains, decoder } = this;
    const decoded: LiveBlocks[] = [];
    let failure: SpeechError | undefined;
    try {
      if (bytes.length > 0) for await (const chunk of decoder.push(bytes)) decoded.push(chains.push(chunk));
      if (last) for await (const chunk of decoder.flush()) decoded.push(chains.push(chunk));
    } catch (error) {
      if (!(error instanceof SpeechError)) throw error;
      failure = error;
    }
    if (last || failure !== undefined) decoded.push(chains.flush(undefined));
    const outputs = Math.max(0, ...decoded.map(({ length }) => length));
    return {
      format: decoder.format,
      blocks: Array.from({ length: outputs }, (_, output) =>
        joinSamples(decoded.flatMap((blocks) => blocks[output] ?? [])),
      ),
      level: chains.level,
      headerBytes: decoder.headerBytes,
      heldBytes: decoder.heldBytes,
      ...(failure === undefined ? {} : { failure: { code: failure.code, message: failure.message } }),
    };
  }

  dispose(): void {
    this.decoder.dispose();
  }
}

/** The open live streams of a process. */
export function openLiveDecodings(): OpenInputs<LiveDecodingRequest, LiveDecoded> {
  return new OpenInputs({
    open: (begin) => LiveDecoding.open(begin),
    isDone: ({ failure }, last) => last || failure !== undefined,
  });
}

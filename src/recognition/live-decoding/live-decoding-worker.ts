import { serveRequests } from '../../inference/serve-requests.js';
import type { ProcessAnswer } from '../recordings/reading-messages.js';
import type { LiveDecoded, LivePiece } from './live-decoding-messages.js';
import { openLiveDecodings } from './live-decoding.js';

/** The entry of a process that decodes compressed live audio: bytes in, 16 kHz samples out. */
const streams = openLiveDecodings();

serveRequests<LivePiece, ProcessAnswer<LiveDecoded>>({
  answer: (piece) => streams.readPiece(piece),
  notice: (recording) => streams.forget(recording),
});

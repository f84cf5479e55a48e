import { faultsOf } from '../../support/async-api.js';
import { Find } from '../fuzz-target.js';
import { opcodes, serverFrames } from './frames.js';

/** RFC 6455 gives 1005 and 1006 to no frame; 1011 is a fault of the service. */
const closeCodes: readonly number[] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1012, 1013];

interface ServerMessage {
  readonly type: string;
  readonly error?: { readonly code?: string };
}

/** @returns what the socket ended with: a close code, or `cut`. @throws Find for messages that the documents do not allow */
export function checkFrames(bytes: Buffer, channel: 'listen' | 'realtime'): string {
  let end = 'cut';
  let frames: ReturnType<typeof serverFrames>;
  try {
    frames = serverFrames(bytes);
  } catch (error) {
    throw new Find((error as Error).message);
  }
  for (const { opcode, payload } of frames) {
    if (opcode === opcodes.close) {
      const code = payload.length < 2 ? 1000 : payload.readUInt16BE(0);
      const reason = payload.toString('utf8', 2);
      // An input that is neither audio nor a message, so that nothing ends the socket before its time.
      const isIdle = reason.startsWith('NET-0001');
      // The code of the client comes back.
      const isEcho = code >= 3000 && code <= 4999;
      if (!isIdle && !isEcho && !closeCodes.includes(code)) throw new Find(`closed with ${code} ${reason}`);
      end = `closed ${code}`;
    }
    if (opcode === opcodes.text) checkMessage(payload.toString(), channel);
  }
  return end;
}

function checkMessage(text: string, channel: 'listen' | 'realtime'): void {
  const message = JSON.parse(text) as ServerMessage;
  const [fault] = faultsOf(channel, 'send', message);
  if (fault !== undefined) throw new Find(`${message.type}: ${fault}`);
  const code = message.error?.code;
  if (code === 'INTERNAL' || code === 'INFERENCE_FAILED') throw new Find(`${code} in an event`);
}

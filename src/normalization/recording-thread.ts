import { parentPort } from 'node:worker_threads';
import { SpeechError } from '../common/errors/speech-error.js';
import { RecordingSession } from './recording-session.js';
import type { RecordingAnswer, RecordingCommand } from './recording-thread.protocol.js';

// Entry of a decoding thread. It serves many recordings in turn, a piece at a time, and knows nothing of Nest.
const sessions = new Map<number, RecordingSession>();
/** A declared format may be refused; the answer to the first piece says so. */
const refused = new Map<number, unknown>();

function failure(id: number, error: unknown): RecordingAnswer {
  if (error instanceof SpeechError) return { type: 'failed', id, code: error.code, message: error.message };
  const message = `The decoder failed: ${error instanceof Error ? error.message : String(error)}`;
  return { type: 'failed', id, code: 'INTERNAL', message };
}

function open(id: number, create: () => RecordingSession): void {
  try {
    sessions.set(id, create());
  } catch (error) {
    refused.set(id, error);
  }
}

function close(id: number): void {
  sessions.delete(id);
  refused.delete(id);
}

function decode(id: number, bytes: Uint8Array, last: boolean): RecordingAnswer {
  try {
    if (refused.has(id)) throw refused.get(id);
    const piece = sessions.get(id)!.decode(bytes, last);
    if (last) close(id);
    return { type: 'decoded', id, piece };
  } catch (error) {
    close(id);
    return failure(id, error);
  }
}

parentPort?.on('message', (command: RecordingCommand) => {
  switch (command.type) {
    case 'open':
      return open(command.id, () => new RecordingSession(command.request));
    case 'close':
      return close(command.id);
    case 'decode': {
      // Aborted while this command was on its way.
      if (!sessions.has(command.id) && !refused.has(command.id)) return;
      const answer = decode(command.id, command.bytes, command.last);
      const transfer = answer.type === 'decoded' ? answer.piece.blocks.map((block) => block.buffer) : [];
      parentPort?.postMessage(answer, transfer as ArrayBuffer[]);
    }
  }
});

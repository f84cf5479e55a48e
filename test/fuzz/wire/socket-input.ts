import {
  clientEventSchemas,
  legacySessionUpdateSchema,
} from '../../../src/transports/openai-realtime/client-event.schemas.js';
import { handshakeHeaders } from '../../support/raw-connection.js';
import { codecFile } from '../../support/codec-files.js';
import { Chance } from '../chance.js';
import { audioInput, filesOf } from '../files/audio-input.js';
import { changeFile } from '../files/change-file.js';
import type { FilePart } from '../files/file-part.js';
import { clientFrame, opcodes } from './frames.js';
import type { FrameFields } from './frames.js';
import { spoilValue, valueFor } from './json-values.js';
import { nastyText, spoilText } from './nasty-texts.js';
import { divided } from './request-input.js';
import type { WireInput } from './request-input.js';
import { requestParts } from './request-parts.js';

const pcm = codecFile('.wav').slice(44 + 16_000, 44 + 32_000);
const messagesAtMost = 8;

type Message = Record<string, unknown>;

const realtimeQueries = [[], [['intent', 'transcription']], [['model', 'moonshine-tiny-en']]] as const;
const listenQueries: readonly (readonly (readonly [string, string])[])[] = [
  [
    ['encoding', 'linear16'],
    ['sample_rate', '16000'],
    ['interim_results', 'true'],
    ['utterance_end_ms', '1000'],
    ['vad_events', 'true'],
    ['endpointing', '300'],
  ],
  [
    ['encoding', 'linear16'],
    ['sample_rate', '8000'],
    ['channels', '2'],
    ['multichannel', 'true'],
  ],
  [
    ['encoding', 'mulaw'],
    ['sample_rate', '8000'],
    ['language', 'en'],
  ],
  [['encoding', 'opus']],
  [['model', 'moonshine-tiny-en']],
];

function handshake(path: string, query: readonly (readonly [string, string])[]): FilePart[] {
  const headers = Object.entries(handshakeHeaders).map(([name, value]) => [name, String(value)] as const);
  return requestParts({ method: 'GET', path, query, headers });
}

/** A valid event of /v1/realtime, with some audio if it is an append. */
function realtimeEvent(chance: Chance): Message {
  const type = chance.from(Object.keys(clientEventSchemas) as (keyof typeof clientEventSchemas)[]);
  const event = valueFor(clientEventSchemas[type], chance) as Message;
  if (type === 'input_audio_buffer.append') {
    const audio = chance.happens(0.7)
      ? pcm.subarray(0, 2 * chance.below(8_000))
      : chance.bytes(chance.below(999));
    event['audio'] = Buffer.from(audio).toString('base64');
  }
  if (type === 'transcription_session.update') event['session'] = valueFor(legacySessionUpdateSchema, chance);
  return event;
}

function listenMessage(chance: Chance): Message {
  const type = chance.from(['KeepAlive', 'Finalize', 'Finalize', 'CloseStream']);
  return type === 'Finalize' && chance.happens(0.5) ? { type, channel: chance.below(3) } : { type };
}

/** A frame that is a part, with the fields of its head; it may be wrong in one way. */
function frame(name: string, payload: Uint8Array, fields: FrameFields): FilePart {
  return {
    name,
    bytes: clientFrame(payload, fields),
    fields: [
      { at: 0, length: 1, kind: 'big' },
      { at: 1, length: 1, kind: 'big' },
      { at: 2, length: 2, kind: 'big' },
      { at: 2, length: 8, kind: 'big' },
    ],
  };
}

/** A message in one frame or several, with control frames between them. */
function framesOf(payload: Uint8Array, opcode: number, chance: Chance): FilePart[] {
  if (chance.happens(0.85)) return [frame('message', payload, { opcode })];
  const cut = chance.below(payload.length + 1);
  return [
    frame('first fragment', payload.subarray(0, cut), { opcode, flags: 0 }),
    ...(chance.happens(0.5)
      ? [frame('ping', chance.bytes(chance.below(126)), { opcode: opcodes.ping })]
      : []),
    frame('last fragment', payload.subarray(cut), { opcode: opcodes.continuation }),
  ];
}

/** Frames that RFC 6455 does not allow, or that stand where they must not. */
function oddFrame(chance: Chance): FilePart {
  const payload = Buffer.from(nastyText(chance), 'latin1');
  const fields = chance.from<FrameFields>([
    { opcode: opcodes.continuation },
    { opcode: opcodes.text, flags: 0 },
    { opcode: chance.below(16), flags: chance.below(16) },
    { opcode: opcodes.text, isMasked: false },
    {
      opcode: opcodes.text,
      claimed: chance.from([
        0n,
        125n,
        126n,
        65_535n,
        65_536n,
        2n ** 31n,
        2n ** 53n,
        2n ** 63n,
        2n ** 64n - 1n,
      ]),
    },
    { opcode: chance.from([opcodes.ping, opcodes.pong, opcodes.close]) },
    { opcode: opcodes.close, claimed: 1n },
  ]);
  return frame('odd frame', payload, fields);
}

function messagesFor(path: string, chance: Chance, about: string[]): FilePart[] {
  const isRealtime = path === '/v1/realtime';
  const audio = chance.happens(0.3)
    ? audioInput(chance.newSeed(), filesOf('samples', 'codec')).pieces[0]!
    : pcm;
  const parts: FilePart[] = [];
  for (let left = 1 + chance.below(messagesAtMost); left > 0; left--) {
    if (!isRealtime && chance.happens(0.6)) {
      const from = chance.happens(0.5) ? 0 : chance.below(audio.length);
      const piece = audio.subarray(from, from + chance.from([0, 1, 3, 640, 6_400, 50_000]));
      parts.push(...framesOf(piece, opcodes.binary, chance));
      continue;
    }
    const message = isRealtime ? realtimeEvent(chance) : listenMessage(chance);
    if (chance.happens(0.3)) about.push(`${String(message['type'])}: ${spoilValue(message, chance)}`);
    let text = JSON.stringify(message);
    if (chance.happens(0.05)) text = text.slice(0, chance.below(text.length)) + nastyText(chance);
    parts.push(...framesOf(Buffer.from(text), chance.happens(0.95) ? opcodes.text : opcodes.binary, chance));
  }
  return parts;
}

/** A handshake and messages, as a client sends them, with some things wrong. */
export function socketInput(seed: number): WireInput {
  const chance = new Chance(seed);
  const about: string[] = [];
  const path = chance.from(['/v1/realtime', '/v1/listen']);
  const head = handshake(path, chance.from(path === '/v1/realtime' ? realtimeQueries : listenQueries));
  const messages = messagesFor(path, chance, about);
  // A handshake that is refused hides the messages, so it is changed in few inputs.
  if (chance.happens(0.15)) about.push(spoilText(head, chance));
  if (chance.happens(0.2)) messages.splice(chance.below(messages.length + 1), 0, oddFrame(chance));
  let sent: readonly FilePart[] = messages;
  if (chance.happens(0.3)) {
    const changed = changeFile(messages, messages, chance);
    sent = changed.parts;
    about.push(changed.about);
  }
  const end =
    path === '/v1/listen' && chance.happens(0.7)
      ? [frame('message', Buffer.from('{"type":"CloseStream"}'), { opcode: opcodes.text })]
      : [frame('close', Uint8Array.of(3, 232), { opcode: opcodes.close })];
  const bytes = Buffer.concat([...head, ...sent, ...end].map((part) => part.bytes));
  return {
    about: `${path}: ${about.join('; ') || 'as it should be'}`,
    options: {
      ending: chance.happens(0.85) ? 'answer' : chance.from(['half-close', 'reset']),
      isWhole: false,
    },
    pieces: divided(new Uint8Array(bytes), chance),
  };
}

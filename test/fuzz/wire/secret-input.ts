import { clientSecretSchema } from '../../../src/transports/openai-realtime/client-secrets.openapi.js';
import { handshakeHeaders } from '../../support/raw-connection.js';
import { Chance } from '../chance.js';
import { changeFile } from '../files/change-file.js';
import { clientFrame, opcodes } from './frames.js';
import { spoilValue, valueFor } from './json-values.js';
import { nastyText, spoilText } from './nasty-texts.js';
import { divided } from './request-input.js';
import type { WireInput } from './request-input.js';
import { requestParts, textPart, withRightLength } from './request-parts.js';

/** A key of the service under fuzz. */
export const fuzzKey = 'a-key';
/** Stands for a secret that is made when the input is given. */
export const secretMark = 'SECRET';

const paths = ['/v1/realtime/client_secrets', '/v1/auth/grant'] as const;

function bodyFor(path: string, chance: Chance, about: string[]): string {
  const body = (
    path === paths[0]
      ? valueFor(clientSecretSchema, chance)
      : { ttl_seconds: chance.from([1, 30, 3_600, 0, -1, 1e9, 0.5, null]) }
  ) as Record<string, unknown>;
  if (Object.keys(body).length > 0 && chance.happens(0.5)) about.push(spoilValue(body, chance));
  const text = JSON.stringify(body);
  if (chance.happens(0.85)) return text;
  about.push('text');
  return text.slice(0, chance.below(text.length + 1)) + nastyText(chance);
}

/** A request for a secret. */
function creation(chance: Chance): WireInput {
  const about: string[] = [];
  const path = chance.from(paths);
  let parts = requestParts({
    method: 'POST',
    path,
    headers: [
      ['authorization', `Bearer ${fuzzKey}`],
      ['content-type', 'application/json'],
    ],
    body: [textPart('body', bodyFor(path, chance, about))],
  });
  if (chance.happens(0.15)) about.push(spoilText(parts, chance));
  const isWhole = about.length === 0 || !about.at(-1)!.includes(' with ');
  parts = [...withRightLength(parts)];
  return {
    about: `${path}: ${about.join('; ')}`,
    options: { ending: 'answer', isWhole },
    pieces: divided(new Uint8Array(Buffer.concat(parts.map(({ bytes }) => bytes))), chance),
  };
}

/** A handshake with a secret, in each place that a client may put it. */
function use(chance: Chance): WireInput {
  const path = chance.from(['/v1/realtime', '/v1/listen']);
  const place = chance.from([
    ['authorization', `Bearer ${secretMark}`],
    ['authorization', `Token ${secretMark}`],
    ['sec-websocket-protocol', `realtime, openai-insecure-api-key.${secretMark}`],
    ['sec-websocket-protocol', `token, ${secretMark}`],
    ['sec-websocket-protocol', `bearer, ${secretMark}`],
  ] as const);
  const query =
    path === '/v1/listen'
      ? ([
          ['encoding', 'linear16'],
          ['sample_rate', '16000'],
        ] as const)
      : [];
  const headers = [
    ...Object.entries(handshakeHeaders).map(([name, value]) => [name, String(value)] as const),
    place,
  ];
  const bytes = Buffer.concat([
    ...requestParts({ method: 'GET', path, query, headers }).map((part) => part.bytes),
    clientFrame(Uint8Array.of(3, 232), { opcode: opcodes.close }),
  ]);
  return {
    about: `${path} with a secret as ${place[0]}`,
    options: { ending: 'answer', isWhole: false, secretSeed: chance.newSeed() },
    pieces: [new Uint8Array(bytes)],
  };
}

export function secretInput(seed: number): WireInput {
  const chance = new Chance(seed);
  return chance.happens(0.5) ? creation(chance) : use(chance);
}

/** @returns a secret with some of its characters, or of the bytes in it, changed; a fifth of them as it is */
export function changedSecret(secret: string, seed: number): string {
  const chance = new Chance(seed);
  if (chance.happens(0.2)) return secret;
  const isText = chance.happens(0.4);
  const bytes = isText ? Buffer.from(secret) : Buffer.from(secret.slice(3), 'base64url');
  const part = { name: 'secret', bytes: new Uint8Array(bytes), fields: [] };
  const { parts } = changeFile([part], [part], chance);
  const changed = Buffer.concat(parts.map((each) => each.bytes)).subarray(0, 6_000);
  return isText ? changed.toString('latin1') : `ek_${changed.toString('base64url')}`;
}

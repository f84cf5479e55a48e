import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { ApiKeys } from '../keys/api-keys.js';
import { ClientSecrets } from '../keys/client-secrets.js';
import { KeyRing } from '../keys/key-ring.js';
import { KeyUsage } from '../keys/key-usage.js';
import { RecognitionObservers } from '../../recognition/recognition-observers.js';
import { BrowserCallers } from './browser-callers.js';
import { HandshakeAdmission } from './handshake-admission.js';
import type { AcceptedHandshake, SocketEndpoint } from './handshake.js';
import { StreamPlaces } from './stream-places.js';

const key = 'key-of-a-socket';
const authorization = `Bearer ${key}`;

let shutdown: ShutdownState;
let places: StreamPlaces;
let admission: HandshakeAdmission;

beforeEach(() => {
  const configuration = new Configuration(
    readEnvironment({
      API_KEYS: `mine=${createHash('sha256').update(key).digest('hex')}`,
      ALLOWED_HOSTS: 'speech.example.com',
      MAX_STREAMS: '3',
    }),
  );
  shutdown = new ShutdownState(60_000);
  const ring = new KeyRing(configuration);
  places = new StreamPlaces(configuration, new FakeRecognizer(), ring);
  admission = new HandshakeAdmission(
    new ApiKeys(ring, new ClientSecrets(ring)),
    new KeyUsage(ring, new RecognitionObservers()),
    new BrowserCallers(configuration),
    places,
    shutdown,
  );
});

/** @param accept what the endpoint makes of a handshake; places for two streams without it */
function endpoint(
  accept: SocketEndpoint['accept'] = (): AcceptedHandshake => ({ places: 2, open: () => undefined }),
): SocketEndpoint {
  const errors = { body: () => ({}), uuids: true };
  return {
    protocol: { name: 'scripted', errors, httpPaths: [], socketPath: '/live' },
    maxMessageBytes: 1,
    idleTimeoutMs: 1,
    accept,
  };
}
const request = (headers: IncomingMessage['headers']): IncomingMessage =>
  ({ headers, url: '/live?a=b', socket: {} }) as IncomingMessage;
const refusing = (): never => {
  throw new SpeechError('UNSUPPORTED_FEATURE', 'not that');
};

describe('HandshakeAdmission', () => {
  it('takes the places of a handshake, and gives them back once', () => {
    const { key: found, giveBack } = admission.admit(endpoint(), request({ authorization }), {
      protocol: 'test',
      requestId: 'r-1',
    });
    expect(found.name).toBe('mine');
    expect(places.used).toBe(2);
    giveBack();
    giveBack();
    expect(places.used).toBe(0);
  });

  it('hands the endpoint the query, what the client offers, and an id of the form that its clients read', () => {
    const seen: unknown[] = [];
    const offered = { authorization, 'sec-websocket-protocol': 'token, abc' };
    const remembering = endpoint((handshake) => {
      seen.push(handshake);
      return { places: 1, open: () => undefined };
    });
    admission.admit(remembering, request(offered), { protocol: 'test', requestId: 'r-1' });
    expect(seen).toMatchObject([
      { subprotocols: ['token', 'abc'], requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown },
    ]);
    expect((seen[0] as { url: URL }).url.search).toBe('?a=b');
  });

  it('lets the endpoint find the key elsewhere', () => {
    const elsewhere = { ...endpoint(), authorization: () => authorization };
    expect(admission.admit(elsewhere, request({}), { protocol: 'test', requestId: 'r-1' }).key.name).toBe(
      'mine',
    );
  });

  it('reports the first fault in the order of host, end of the service, key, parameters, places', () => {
    const codeOf = (headers: IncomingMessage['headers'], at = endpoint(refusing)): unknown => {
      try {
        admission.admit(at, request(headers), { protocol: 'test', requestId: 'r-1' });
      } catch (error) {
        return (error as SpeechError).code;
      }
      return undefined;
    };
    expect(codeOf({})).toBe('UNAUTHENTICATED');
    expect(codeOf({ authorization })).toBe('UNSUPPORTED_FEATURE');
    expect(places.used).toBe(0);
    expect(codeOf({ authorization }, endpoint())).toBeUndefined();
    expect(codeOf({ authorization }, endpoint())).toBe('NO_CAPACITY');
    expect(codeOf({ authorization })).toBe('UNSUPPORTED_FEATURE');
    shutdown.begin();
    expect(codeOf({})).toBe('SHUTTING_DOWN');
    expect(codeOf({ host: 'other.example.com' })).toBe('HOST_NOT_ALLOWED');
  });
});

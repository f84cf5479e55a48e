import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { ApiKeys } from './api-keys.js';
import { ClientSecrets } from './client-secrets.js';
import { KeyRing } from './key-ring.js';
import { liveSecretsAtMost } from './live-secrets.js';

const hash = (key: string): string => createHash('sha256').update(key).digest('hex');
const socketPath = '/v1/realtime';

/** An instance of the service with these keys. */
function instance(...rows: string[]) {
  const ring = new KeyRing(new Configuration(readEnvironment({ API_KEYS: rows.join(',') })));
  const secrets = new ClientSecrets(ring);
  const keys = new ApiKeys(ring, secrets);
  const make = (seconds = 600, session?: unknown) =>
    secrets.create(ring.all[0] ?? keys.find(undefined), { socketPath, seconds, session }).value;
  return { keys, make };
}
const app = `app=${hash('of-app')}`;
const failing = (code: string): Error => expect.objectContaining({ code }) as Error;
const open = ({ keys }: ReturnType<typeof instance>, secret: string, path = socketPath) =>
  keys.findForSocket(`Bearer ${secret}`, path);

afterEach(() => vi.useRealTimers());

describe('ClientSecrets', () => {
  it('makes no more than one key may have at a time', () => {
    const { make } = instance(app);
    for (let made = 0; made < liveSecretsAtMost; made++) make();
    expect(() => make()).toThrow(failing('RATE_LIMIT_EXCEEDED'));
  });

  it('opens sockets as its key, with its session, in every instance that has the key', () => {
    const session = { audio: { input: { transcription: { prompt: 'names' } } } };
    const secret = instance(app).make(60, session);
    const other = instance(`else=${hash('of-else')}`, app);
    expect(open(other, secret)).toMatchObject({ key: { name: 'app' }, session });
  });

  it('shows neither the name of the key nor the session, and fits into a subprotocol', () => {
    const secret = instance(app).make(60, { prompt: 'names' });
    expect(secret).toMatch(/^ek_[\w-]+$/);
    const bytes = Buffer.from(secret.slice(3), 'base64url').toString('latin1');
    expect(bytes).not.toMatch(/app|names|prompt/);
  });

  it('is refused when it is forged, cut, changed, of another socket, or of a key that is removed', () => {
    const service = instance(app);
    const secret = service.make();
    const letters = [...secret];
    for (let at = 3; at < secret.length; at++) {
      const changed = letters.with(at, letters[at] === 'A' ? 'B' : 'A').join('');
      // The last letter has bits that say nothing.
      if (
        at === secret.length - 1 &&
        Buffer.from(changed, 'base64url').equals(Buffer.from(secret, 'base64url'))
      )
        continue;
      expect(() => open(service, changed)).toThrow(failing('UNAUTHENTICATED'));
      expect(() => open(service, secret.slice(0, at))).toThrow(failing('UNAUTHENTICATED'));
    }
    for (const forged of ['ek_', 'ek_A', 'ek_é', `ek_${'A'.repeat(10_000)}`])
      expect(() => open(service, forged)).toThrow(failing('UNAUTHENTICATED'));
    expect(() => open(service, secret, '/v1/listen')).toThrow(failing('UNAUTHENTICATED'));
    expect(() => open(instance(`app=${hash('next-key')}`), secret)).toThrow(failing('UNAUTHENTICATED'));
  });

  it('is refused after its time, and after that of its key', () => {
    vi.useFakeTimers({ now: Date.parse('2030-01-31T23:59:00Z') });
    const service = instance(app);
    const secret = service.make(10);
    vi.advanceTimersByTime(9_999);
    open(service, secret);
    vi.advanceTimersByTime(1);
    expect(() => open(service, secret)).toThrow(failing('KEY_EXPIRED'));
    const ending = instance(`${app} expires=2030-01-31`);
    const longer = ending.make(7_200);
    vi.advanceTimersByTime(60_000);
    expect(() => open(ending, longer)).toThrow(failing('KEY_EXPIRED'));
  });

  it('is not a key for requests', () => {
    const service = instance(app);
    expect(() => service.keys.find(`Bearer ${service.make()}`)).toThrow(/opens sockets only/);
  });

  it('carries its session where no keys are configured too, and is held to its time', () => {
    vi.useFakeTimers();
    const secret = instance().make(10, { audio: {} });
    expect(open(instance(), secret)).toMatchObject({ key: { name: 'open' }, session: { audio: {} } });
    vi.advanceTimersByTime(10_000);
    expect(() => open(instance(), secret)).toThrow(failing('KEY_EXPIRED'));
    expect(instance().keys.findForSocket(undefined, socketPath).key.name).toBe('open');
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { ListenClient, refusalOf } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

const query = 'encoding=linear16&sample_rate=16000&interim_results=true';
const [recording] = await fixtureRecordings();
const pcm = recording?.pcm ?? new Uint8Array(0);
const middle = pcm.length >> 1;
const silence = new Uint8Array(32_000);

const services: ServiceProcess[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) {
    service.kill('SIGKILL');
    await service.exitCode();
  }
});

/** A service, and a client of it that is in the middle of a sentence. */
async function speaking(
  variables: Readonly<Record<string, string>> = {},
): Promise<{ service: ServiceProcess; url: string; client: ListenClient }> {
  const service = ServiceProcess.start({ PORT: '0', ...variables });
  services.push(service);
  const url = await service.url();
  const client = await ListenClient.open(url, query);
  client.send(pcm.subarray(0, middle));
  await client.until(() => client.of('Results').some(({ is_final: isFinal }) => !isFinal));
  return { service, url, client };
}

async function notReady(url: string): Promise<void> {
  await until(async () => (await fetch(`${url}/health/ready`)).status === 503);
}

/** Words of the reference that were not heard. */
function missing(client: ListenClient): number {
  const words = wordsOf(client.text());
  return wordsOf(recording?.text ?? '').filter((word) => !words.includes(word)).length;
}

describe('at SIGTERM', () => {
  it('a talker gets the text to the end of the sentence, and is sent to another server', async () => {
    const { service, url, client } = await speaking({ LOG_LEVEL: 'trace', MAX_STREAMS: '20' });
    const silent = await Promise.all(Array.from({ length: 12 }, () => ListenClient.open(url, query)));
    service.kill('SIGTERM');
    for (const { closed, messages } of silent) {
      expect(await closed).toEqual({ code: 1012, reason: 'service restart' });
      expect(messages.map(({ type }) => type)).toEqual(['Metadata']);
    }
    await notReady(url);
    const refusal = await refusalOf(url, query);
    expect(refusal.status).toBe(503);
    expect(refusal.body.err_code).toBe('SHUTTING_DOWN');
    expect(refusal.headers['retry-after']).toBeDefined();
    client.sendInPieces(pcm.subarray(middle), 3_200);
    client.sendInPieces(silence, 3_200);
    expect(await client.closed).toEqual({ code: 1012, reason: 'service restart' });
    expect(missing(client)).toBeLessThanOrEqual(2);
    expect(client.finals().at(-1)?.speech_final).toBe(true);
    expect(client.messages.at(-1)?.type).toBe('Metadata');
    expect(await service.exitCode()).toBe(0);
    const log = service.stdout.toLowerCase();
    expect(log).toContain('socket closed');
    const telling = wordsOf(client.text()).filter((word) => word.length > 6);
    expect(telling.length).toBeGreaterThan(3);
    for (const word of telling) expect(log).not.toContain(word);
    expect(service.stderr).not.toContain('MaxListenersExceeded');
    expect([client, ...silent].flatMap(({ faults }) => faults)).toEqual([]);
  });

  it('a client that ends the stream itself gets 1000', async () => {
    const { service, url, client } = await speaking();
    service.kill('SIGTERM');
    await notReady(url);
    expect((await client.finish()).code).toBe(1000);
    expect(wordsOf(client.text()).length).toBeGreaterThan(4);
    expect(await service.exitCode()).toBe(0);
  });

  it('the text so far is sent at the end of the grace, even without a silence', async () => {
    const { service, client } = await speaking({ SHUTDOWN_GRACE_MS: '6000' });
    service.kill('SIGTERM');
    expect((await client.closed).code).toBe(1012);
    expect(wordsOf(client.text()).length).toBeGreaterThan(4);
    expect(client.messages.at(-1)?.type).toBe('Metadata');
    expect(await service.exitCode()).toBe(0);
  });
});

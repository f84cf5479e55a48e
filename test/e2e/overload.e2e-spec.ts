// @module-tag once
import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ServiceProcess } from '../support/service-process.js';

const clip = 'test/fixtures/sense-and-sensibility-0880.wav';

interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly retryAfter: string | null;
  readonly code: string | undefined;
}

describe('a service that gets ten times as much as it can do', () => {
  let body: Uint8Array<ArrayBuffer>;
  let service: ServiceProcess;

  beforeAll(async () => {
    body = new Uint8Array(await readFile(clip));
  });
  afterEach(async () => {
    service.kill('SIGKILL');
    await service.exitCode();
  });

  async function start(maxWaitMs: string): Promise<string> {
    service = ServiceProcess.start({ PORT: '0', WORKERS: '1', MAX_WAIT_MS: maxWaitMs });
    return await service.url();
  }

  async function post(url: string): Promise<Answer> {
    const since = performance.now();
    const response = await fetch(`${url}/v1/listen`, { method: 'POST', body });
    const { err_code: code } = (await response.json()) as { err_code?: string };
    const { status, headers } = response;
    return { status, ms: performance.now() - since, retryAfter: headers.get('retry-after'), code };
  }

  /** So many clients send one recording after the other, and do not wait when they are told to. */
  async function flood(url: string, clients: number, seconds: number): Promise<Answer[]> {
    const answers: Answer[] = [];
    const until = performance.now() + seconds * 1_000;
    const client = async (): Promise<void> => {
      while (performance.now() < until) {
        const answer = await post(url);
        answers.push(answer);
        if (answer.status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return answers;
  }

  function medianMs(answers: readonly Answer[]): number {
    const sorted = answers
      .filter(({ status }) => status === 200)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  }

  it('serves what it accepts far sooner with MAX_WAIT_MS, and tells the others when to come back', async () => {
    const patient = await flood(await start('0'), 30, 4);
    expect(new Set(patient.map(({ status }) => status))).toEqual(new Set([200]));
    service.kill('SIGKILL');
    await service.exitCode();

    const url = await start('100');
    const answers = await flood(url, 30, 5);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(10);
    for (const { status, code, retryAfter } of refused) {
      expect([status, code]).toEqual([503, 'QUEUE_FULL']);
      expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    }
    expect(answers.length - refused.length).toBeGreaterThan(5);
    // About a fifth; `npm run bench:overload` has the figures against a service at capacity.
    expect(medianMs(answers) / medianMs(patient)).toBeLessThan(0.5);
    expect((await post(url)).status).toBe(200);
  });
});

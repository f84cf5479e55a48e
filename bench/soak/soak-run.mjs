import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { handlesOf, heldIn, moreThan } from '../shared/handles.mjs';
import { seededRandom } from '../shared/random.mjs';
import { Service } from '../shared/service.mjs';
import { SoakAudio } from './soak-audio.mjs';
import { kinds, nextKind } from './soak-mix.mjs';

const readEveryMs = 1_000;
const lookEveryMs = 500;
/** In this time everything has to be given back after the last client has left. */
const settleAtMostMs = 30_000;

/**
 * Lets clients of all kinds come and go, and looks for what they leave.
 * @param {object} options
 * @param {number} options.utterances
 * @param {number} options.minutes after which no more clients come
 * @param {number} options.atOnce
 * @param {string} options.workers `WORKERS` of the service
 * @param {number} options.seed
 * @param {number} [options.warmUpShare] of the utterances, after which handles are counted and memory counts
 */
export async function soak({ utterances, minutes, atOnce, workers, seed, warmUpShare = 0.2 }) {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const service = await Service.start('dist/main.js', {
    LOG_LEVEL: 'error',
    WORKERS: workers,
    TMPDIR: folder,
    // Only a fault may refuse clients here, not the load of the machine.
    MAX_STREAM_LAG_MS: '60000',
  });
  const counts = Object.fromEntries(kinds.map(({ name }) => [name, { sent: 0, unexpected: {} }]));
  const [random, readings] = [seededRandom(seed), []];
  const audio = new SoakAudio(random);
  const started = performance.now();
  let sent = 0;
  const clientsUntil = async (last, readMemory) => {
    const agent = new Agent({ keepAlive: true });
    const read = () => readings.push({ seconds: seconds(started), sent, ...service.memory() });
    const timer = readMemory && setInterval(read, readEveryMs);
    const client = async () => {
      while (sent < last && seconds(started) < minutes * 60) {
        // Each kind once, then by chance.
        const kind = kinds[sent++] ?? nextKind(random);
        await meet(kind, () => kind.act({ url: service.url, agent }, audio, random), counts[kind.name]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, client));
    clearInterval(timer);
    agent.destroy();
  };
  try {
    await held(service);
    const fresh = { sent, ...service.memory() };
    await clientsUntil(Math.round(warmUpShare * utterances), false);
    await held(service);
    // Timers and keep-alive connections of a moment ago are not what an idle service has.
    await delay(2 * lookEveryMs);
    const before = handlesOf(service.pid, folder);
    const warm = { sent, ...service.memory() };
    await clientsUntil(utterances, true);
    const left = await whatIsLeft(service, folder, before);
    const atEnd = { sent, ...service.memory() };
    return { sent, seconds: seconds(started), counts, readings, fresh, warm, atEnd, handles: before, left };
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {import('./soak-mix.mjs').Kind} kind */
async function meet({ isExpected }, act, count) {
  count.sent++;
  const result = await act().catch((error) => error.message);
  if (isExpected === undefined || isExpected(result)) return;
  count.unexpected[result] = (count.unexpected[result] ?? 0) + 1;
}

/** @returns {Promise<string[]>} what is not given back in time, a line each */
async function whatIsLeft(service, folder, before) {
  const until = performance.now() + settleAtMostMs;
  for (;;) {
    const held = heldIn(await metricsOf(service));
    const left = [...held, ...moreThan(before, handlesOf(service.pid, folder))];
    if (left.length === 0 || performance.now() > until) return left;
    await delay(lookEveryMs);
  }
}

/** Waits until the gauges are at 0. */
async function held(service) {
  const until = performance.now() + settleAtMostMs;
  while (heldIn(await metricsOf(service)).length > 0 && performance.now() < until) await delay(lookEveryMs);
}

async function metricsOf({ url }) {
  const response = await fetch(new URL('/metrics', url), { headers: { connection: 'close' } });
  return response.text();
}

function seconds(from) {
  return (performance.now() - from) / 1_000;
}

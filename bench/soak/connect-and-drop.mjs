import { setTimeout as delay } from 'node:timers/promises';
import { fixtures } from '../shared/clips.mjs';
import { ListenClient } from '../streaming/listen-client.mjs';
import { loadClip, sampleRate } from '../streaming/playlist.mjs';
import { seededRandom } from '../shared/random.mjs';

const query = { encoding: 'linear16', sample_rate: '16000', interim_results: 'true', endpointing: '300' };
/** Fewer than there are places: a drop may take a moment to be seen. */
const atOnce = 8;
const longestWaitMs = 60;
/** Share of the cycles after which memory is first read: allocators warm up before. */
const warmUpShare = 0.5;
/** Time in which the last audio is decoded or discarded. */
const restMs = 3_000;
const growthAtMostMegabytes = 60;
const settleMs = 30_000;

/**
 * Clients that connect, send up to a second of speech, and are gone without a closing handshake: some before the
 * handshake is answered, some while results are on their way.
 */
export async function connectAndDrop(service, { cycles, places, seed }, check) {
  const random = seededRandom(seed);
  const { samples } = loadClip(fixtures()[0]);
  const socketsBefore = service.openSockets();
  const counts = { dropped: 0, beforeOpen: 0, refused: 0, failed: 0 };
  let begun = 0;
  const cycle = async () => {
    const client = new ListenClient(service.url, query);
    if (random() < 0.1) {
      await delay(random() * 5);
      client.drop();
      await client.closed;
      counts.beforeOpen++;
      return;
    }
    try {
      await client.opened;
    } catch {
      if (client.refusedWith === undefined) counts.failed++;
      else counts.refused++;
      return;
    }
    const from = Math.floor(random() * (samples.length - sampleRate));
    client.send(samples.slice(from, from + Math.floor(random() * sampleRate)));
    await delay(random() * longestWaitMs);
    client.drop();
    await client.closed;
    counts.dropped++;
  };
  const cyclesUntil = (last) =>
    Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (begun < last) {
          begun++;
          if (begun % 500 === 0) console.error(`abuse: ${begun} of ${cycles} cycles`);
          await cycle();
        }
      }),
    );
  await cyclesUntil(cycles * warmUpShare);
  await delay(restMs);
  const warm = service.memory();
  await cyclesUntil(cycles);
  const { dropped, beforeOpen, refused, failed } = counts;
  check(
    'connections that are dropped give their places back at once',
    refused + failed === 0,
    `${dropped} dropped with audio, ${beforeOpen} before the handshake, ${refused} refused, ${failed} failed`,
  );
  await checkSockets(service, socketsBefore, check);
  await checkPlaces(service, places, check);
  await delay(restMs);
  checkMemory(service, warm, 'after the dropped connections', check);
}

/** Sockets of keep-alive connections may come and go; none may be left of those that dropped. */
async function checkSockets(service, before, check) {
  const until = performance.now() + settleMs;
  while (service.openSockets() > before && performance.now() < until) await delay(500);
  const after = service.openSockets();
  check('no socket stays open', after <= before, `${before} before, ${after} after`);
}

/** Opens as many clients as there are places, and one more: it shows whether any place is still taken. */
async function checkPlaces(service, places, check) {
  const clients = Array.from({ length: places }, () => new ListenClient(service.url, query));
  const opened = await Promise.allSettled(clients.map((client) => client.opened));
  const accepted = opened.filter(({ status }) => status === 'fulfilled').length;
  const oneMore = new ListenClient(service.url, query);
  await oneMore.opened.catch(() => undefined);
  const refusedWith = oneMore.refusedWith;
  for (const client of [...clients, oneMore]) client.drop();
  await Promise.all(clients.map((client) => client.closed));
  check('every place is free again', accepted === places, `${accepted} of ${places} accepted at once`);
  check('one more than there are places is refused', refusedWith === 503, `answered with ${refusedWith}`);
}

/** @param before as `service.memory()` has it */
export function checkMemory(service, before, when, check) {
  const after = service.memory();
  const [from, to] = [before, after].map(({ proportionalBytes }) => megabytes(proportionalBytes));
  const [eachFrom, eachTo] = [before, after].map(({ proportionalBytesOfEach: each }) =>
    each.map(megabytes).join(' + '),
  );
  check(
    `memory stays flat ${when}`,
    to - from <= growthAtMostMegabytes,
    `${from} MB (${eachFrom}), then ${to} MB (${eachTo}), shared pages in parts`,
  );
}

function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}

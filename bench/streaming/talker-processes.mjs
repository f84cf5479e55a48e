import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { now } from './listen-client.mjs';
import { seededRandom, shuffle } from '../shared/random.mjs';

/** One would do for 32 talkers; two halve what they may disturb each other. */
const processes = 2;
/** Talkers begin at random within it; nothing that begins in it counts. */
export const warmUpMs = 3_000;
/** Talkers talk on for this long after the measured time, so that the last finals come under the same load. */
const tailMs = 2_000;
/** For the handshakes, before the first one begins. */
const connectMs = 1_000;

/** The talkers' processes, which have all clips in memory. */
export class TalkerProcesses {
  #children;
  #clipCount;

  static async start(clips) {
    const talkers = new TalkerProcesses();
    talkers.#clipCount = clips.length;
    talkers.#children = Array.from({ length: processes }, () =>
      fork(fileURLToPath(new URL('talkers.mjs', import.meta.url)), [], { serialization: 'advanced' }),
    );
    for (const { pid } of talkers.#children) beforeOthers(pid);
    const paths = clips.map(({ path }) => path);
    await Promise.all(talkers.#children.map((child) => ask(child, 'load', paths)));
    return talkers;
  }

  /**
   * @param {{ url: string, query: object, count: number, seconds: number, seed: number }} options
   * @returns what the talkers recorded, and from when to when it counts, as soon as that is known
   */
  talk({ url, query, count, seconds, seed }) {
    const random = seededRandom(seed);
    const countsFrom = now() + connectMs + warmUpMs;
    const countsTo = countsFrom + seconds * 1000;
    // Far from each other in the corpus.
    const firstClips = shuffle(
      Array.from({ length: count }, (_, at) => Math.floor((at * this.#clipCount) / count)),
      random,
    );
    const orders = firstClips.map((firstClip) => ({
      url,
      query,
      firstClip,
      seed: Math.floor(random() * 2 ** 32),
      beginAt: countsFrom - random() * warmUpMs,
      endAt: countsTo + tailMs,
    }));
    const recordings = Promise.all(
      this.#children.map((child, at) =>
        ask(
          child,
          'talk',
          orders.filter((_, index) => index % processes === at),
        ),
      ),
    ).then((parts) => parts.flat());
    return { recordings, countsFrom, countsTo };
  }

  close() {
    for (const child of this.#children) child.disconnect();
  }
}

/** A talker whose frames come late would measure itself. */
function beforeOthers(pid) {
  try {
    setPriority(pid, -10);
  } catch {
    // Not permitted: the report says how late the frames were.
  }
}

async function ask(child, command, argument) {
  child.send({ command, argument });
  const answered = new AbortController();
  const { signal } = answered;
  const [{ result, error }] = await Promise.race([
    once(child, 'message', { signal }),
    once(child, 'exit', { signal }).then(([code]) => [{ error: `the talkers' process ended (${code})` }]),
  ]).finally(() => answered.abort());
  if (error !== undefined) throw new Error(error);
  return result;
}

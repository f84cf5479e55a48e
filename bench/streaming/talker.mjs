import { setTimeout as delay } from 'node:timers/promises';
import { ListenClient, now } from './listen-client.mjs';
import { Playlist, frameSamples, sampleRate } from './playlist.mjs';
import { seededRandom } from '../shared/random.mjs';

const frameMs = (1000 * frameSamples) / sampleRate;
/** What the last finals may take after the audio has ended, before the talker hangs up. */
const drainMs = 30_000;

/**
 * One person who talks on and on, in real time: frames go out when they would have been recorded, by a schedule that
 * does not drift.
 * @param {object[]} clips as `loadClip` gives them
 * @param {{ url: string, query: object, firstClip: number, seed: number, beginAt: number, endAt: number }} order
 *   times as `now()` has them
 */
export async function talk(clips, { url, query, firstClip, seed, beginAt, endAt }) {
  const playlist = new Playlist(clips, firstClip, seededRandom(seed));
  /** When each frame was sent; a frame later than it was due is late by what `lateMs` says. */
  const sentAt = [];
  const lateMs = [];
  const sentAtOf = (sample) => sentAt[Math.min(Math.floor(sample / frameSamples), sentAt.length - 1)];
  const client = new ListenClient(url, query, (result) => {
    result.lagMs = result.at - sentAtOf((result.endMs * sampleRate) / 1000);
  });
  try {
    await client.opened;
  } catch (error) {
    return { refusedWith: client.refusedWith ?? error.code ?? error.message };
  }
  await delay(Math.max(0, beginAt - now()));
  const began = now();
  for (let frame = 0; client.isOpen; frame++) {
    const due = began + (frame + 1) * frameMs;
    if (due > endAt) break;
    const samples = playlist.nextFrame();
    const waitMs = due - now();
    if (waitMs > 0) await delay(waitMs);
    if (!client.isOpen) break;
    client.send(samples);
    sentAt.push(now());
    lateMs.push(sentAt.at(-1) - due);
  }
  const droppedByService = !client.isOpen;
  client.finish();
  const hangUp = setTimeout(() => client.drop(), drainMs);
  await client.closed;
  clearTimeout(hangUp);
  return {
    closeCode: client.closeCode,
    droppedByService,
    audioSeconds: (sentAt.length * frameMs) / 1000,
    lateMs: Float32Array.from(lateMs),
    results: client.results,
    clips: playlist.played.map((played) => ({
      ...played,
      // Undefined if it was not sent.
      fromSentAt: sentAt[Math.floor(played.firstVoiced / frameSamples)],
      toSentAt: sentAt[Math.floor(played.lastVoiced / frameSamples)],
    })),
  };
}

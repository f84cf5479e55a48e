import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { sampleRate } from '../streaming/playlist.mjs';
import { int16Bytes } from './post.mjs';

/** A message of a live client: a fifth of a second. */
const messageMs = 200;

/** Live clients at /v1/listen: each says one clip after the other, at the pace of speech, and comes back where it is refused. */
export class Talkers {
  counts = { opened: 0, finished: 0, lost: 0, refused: {}, withoutRetryAfter: 0, failed: 0, finalLagMs: [] };
  #url;
  #clips;
  #isOver;

  /** @param {URL} url @param {Float32Array[]} clips @param {() => boolean} isOver */
  constructor(url, clips, isOver) {
    this.#url = new URL(`/v1/listen?encoding=linear16&sample_rate=${sampleRate}`, url);
    this.#url.protocol = 'ws:';
    this.#clips = clips.map((clip) => Buffer.from(int16Bytes(clip)));
    this.#isOver = isOver;
  }

  async talk(count) {
    await Promise.all(Array.from({ length: count }, (_, at) => this.#talker(at)));
  }

  async #talker(first) {
    // They do not all begin at once.
    await sleep((first * 997) % 4_000);
    for (let at = first; !this.#isOver(); at += 7) {
      const backAfterMs = await this.#say(this.#clips[at % this.#clips.length]);
      await sleep(backAfterMs);
    }
  }

  /** @returns {Promise<number>} ms after which to come back */
  #say(clip) {
    const socket = new WebSocket(this.#url, { perMessageDeflate: false });
    return new Promise((resolve) => {
      let [isOpen, isFinished] = [false, false];
      socket.on('unexpected-response', (request, response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => {
          const code = `${response.statusCode} ${JSON.parse(text).err_code}`;
          this.counts.refused[code] = (this.counts.refused[code] ?? 0) + 1;
          const retryAfter = Number(response.headers['retry-after'] ?? Number.NaN);
          if (Number.isNaN(retryAfter)) this.counts.withoutRetryAfter++;
          request.destroy();
          // Impatient: an overload does not become less because clients are polite.
          resolve(Math.min(1_000, 1_000 * (retryAfter || 1)));
        });
      });
      socket.on('error', () => {
        if (!isOpen) this.counts.failed++;
        resolve(1_000);
      });
      socket.on('open', async () => {
        isOpen = true;
        this.counts.opened++;
        const bytes = (2 * sampleRate * messageMs) / 1_000;
        const from = performance.now();
        for (let at = 0; at < clip.length && socket.readyState === WebSocket.OPEN; at += bytes) {
          socket.send(clip.subarray(at, at + bytes));
          await sleep(Math.max(0, from + (messageMs * (at + bytes)) / bytes - performance.now()));
        }
        isFinished = socket.readyState === WebSocket.OPEN;
        const since = performance.now();
        socket.once('close', () => this.counts.finalLagMs.push(performance.now() - since));
        if (isFinished) socket.send(JSON.stringify({ type: 'CloseStream' }));
      });
      socket.on('close', (code) => {
        if (isOpen && isFinished && code === 1000) this.counts.finished++;
        else if (isOpen) this.counts.lost++;
        resolve(0);
      });
    });
  }
}

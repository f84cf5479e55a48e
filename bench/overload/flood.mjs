// The clients of `npm run bench:overload`, in a process of their own: node bench/overload/flood.mjs URL PLAN
// PLAN is JSON. Prints one line of JSON: what happened to uploads and sockets.
import http from 'node:http';
import { getPriority, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { readClips } from '../shared/clips.mjs';
import { sampleRate } from '../streaming/playlist.mjs';
import { int16Bytes } from './post.mjs';
import { Talkers } from './flood-talkers.mjs';

/**
 * @typedef {object} Plan
 * @property {number} seconds
 * @property {number} [clients] closed loop: this many post one clip after the other
 * @property {number} [rate] open loop: this many uploads begin in a second, whatever becomes of those before
 * @property {number} [talkers] live sockets, each at the pace of speech
 * @property {number} [warmUpSeconds] what ends before does not count
 */

/** A client of the closed loop that is refused comes back this soon, so that the offered work stays the same. */
const impatienceMs = 50;
/** Uploads that may be under way in this process; those beyond it are counted, and not sent. */
const mostAtOnce = 2_048;

// The service comes first: clients on other machines would take none of its time.
setPriority(Math.min(19, getPriority() + 10));
const url = new URL(process.argv[2]);
/** @type {Plan} */
const plan = JSON.parse(process.argv[3]);
const { seconds, clients = 0, rate = 0, talkers = 0, warmUpSeconds = 0 } = plan;
const { clips } = readClips(undefined, 64);
const bodies = clips.map((clip) => Buffer.from(int16Bytes(clip)));
const agent = new http.Agent({ keepAlive: true, maxSockets: mostAtOnce });
const from = performance.now();
const isOver = () => performance.now() - from > seconds * 1_000;
const counts = {
  sent: 0,
  accepted: 0,
  audioSeconds: 0,
  refused: {},
  withoutRetryAfter: 0,
  failed: 0,
  notSent: 0,
};
const latenciesMs = [];
const refusalsMs = [];
let [atOnce, next] = [0, 0];

/** @returns {Promise<boolean>} whether it was refused */
function upload() {
  const at = next++ % bodies.length;
  const since = performance.now();
  const isCounted = since - from >= warmUpSeconds * 1_000;
  atOnce++;
  return new Promise((resolve) => {
    let isDone = false;
    const done = (isRefused, change) => {
      if (isDone) return;
      isDone = true;
      atOnce--;
      if (isCounted) {
        counts.sent++;
        change();
      }
      resolve(isRefused);
    };
    const request = http.request(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path: `/v1/listen?encoding=linear16&sample_rate=${sampleRate}`,
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', 'content-length': bodies[at].length },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('error', () => done(false, () => counts.failed++));
        response.on('end', () => {
          const ms = performance.now() - since;
          if (response.statusCode === 200) {
            return done(false, () => {
              counts.accepted++;
              counts.audioSeconds += clips[at].length / sampleRate;
              latenciesMs.push(ms);
            });
          }
          const code = `${response.statusCode} ${JSON.parse(text).err_code}`;
          const retryAfter = Number(response.headers['retry-after'] ?? Number.NaN);
          done(true, () => {
            counts.refused[code] = (counts.refused[code] ?? 0) + 1;
            refusalsMs.push(ms);
            if (Number.isNaN(retryAfter)) counts.withoutRetryAfter++;
          });
        });
      },
    );
    request.on('error', () => done(false, () => counts.failed++));
    request.end(bodies[at]);
  });
}

async function closedLoop() {
  while (!isOver()) {
    const isRefused = await upload();
    if (isRefused) await sleep(impatienceMs);
  }
}

/** Poisson arrivals. */
async function openLoop() {
  let due = from;
  while (!isOver()) {
    due += (-Math.log(1 - Math.random()) * 1_000) / rate;
    const waitMs = due - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    if (atOnce < mostAtOnce) void upload();
    else counts.notSent++;
    // Answers have to be read, too.
    if (waitMs < -50) await sleep(0);
  }
}

const live = new Talkers(url, clips, isOver);
await Promise.all([
  ...Array.from({ length: clients }, closedLoop),
  ...(rate > 0 ? [openLoop()] : []),
  live.talk(talkers),
]);
const until = performance.now() + 60_000;
while (atOnce > 0 && performance.now() < until) await sleep(50);
agent.destroy();
const countedSeconds = (performance.now() - from) / 1_000 - warmUpSeconds;
process.stdout.end(
  `${JSON.stringify({ uploads: { ...counts, seconds: countedSeconds, unanswered: atOnce, latenciesMs, refusalsMs }, sockets: live.counts })}\n`,
  () => process.exit(0),
);

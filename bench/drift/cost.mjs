// What the record of an utterance costs, and its comparison with a profile: `node bench/drift/cost.mjs`, after a build. It prints
// JSON.
import { FrameQueue } from '../../dist/normalization/signal/frame-queue.js';
import { SignalFrames } from '../../dist/normalization/signal/signal-frames.js';
import { ModelDrift } from '../../dist/monitoring/drift/model-drift.js';
import { makeProfile } from '../../dist/monitoring/profile/reference-profile.js';
import { normalRandom, seededRandom } from '../../dist/statistics/random.js';
import { describeMachine } from '../shared/machine.mjs';

const seconds = 4;
const rate = 16_000;
const rounds = 2_000;
const random = seededRandom(1);
const normal = normalRandom(random);
const raw = Float32Array.from({ length: seconds * rate }, () => 0.1 * normal());

/** @param {(round: number) => void} work @returns median time of a call in ms, of the second half */
function timed(work) {
  const times = Array.from({ length: rounds }, (_, round) => {
    const started = performance.now();
    work(round);
    return performance.now() - started;
  });
  return times.slice(rounds / 2).sort((one, other) => one - other)[rounds / 4];
}

let record;
const signalMs = timed((round) => {
  const frames = new SignalFrames();
  const queue = new FrameQueue(Infinity);
  for (let at = 0; at < raw.length; at += 512) {
    const part = raw.subarray(at, at + 512);
    frames.push(part, part);
    frames.endFrame(0.01);
    if (at % 8_192 === 0) queue.append(frames.takeRows());
  }
  queue.append(frames.takeRows());
  for (let at = 512; at <= raw.length; at += 512) queue.answerWindow(at, at % 4_096 === 0 ? 0.1 : 0.9);
  const signal = queue.endUtterance();
  record = recordOf(signal, round);
});

/** @returns {any} */
function recordOf(signal, round) {
  const level = normal();
  return {
    origin: undefined,
    utterance: 0,
    input: {
      ...signal,
      activeLevelDbfs: level,
      snrDb: normal(),
      sourceRateHz: rate,
      channels: 1,
      codec: 'linear16',
      protocol: 'x',
    },
    output: {
      isEmpty: round % 50 === 0,
      wordsPerSecond: normal(),
      meanLogProb: normal(),
      stopReason: 'end-of-text',
      latencyMs: 1,
    },
    provenance: {
      modelId: 'm',
      version: 1,
      weightsHash: '',
      variant: 'rq',
      vadVersion: 1,
      normalizerVersion: 1,
    },
  };
}

const records = Array.from({ length: 2_000 }, (_, at) => recordOf(record.input, at));
const profile = makeProfile(records, { description: '', manifestSha256: '', clips: records.length });
const drift = new ModelDrift(profile.model, profile, { perClient: 1, windowMs: Infinity, random });
const driftMs = timed((round) => drift.push(records[round % records.length], String(round), round));

const milli = (value) => Number(value.toFixed(3));
console.log(
  JSON.stringify(
    {
      machine: describeMachine(),
      utteranceSeconds: seconds,
      signalMs: milli(signalMs),
      driftMs: milli(driftMs),
      shareOfACorePercent: milli((100 * (signalMs + driftMs)) / (1_000 * seconds)),
    },
    null,
    1,
  ),
);

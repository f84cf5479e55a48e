// The false alarms of drift in 10,000 windows of usual traffic, with independent clients and with clients that talk a lot:
// `npm run simulate:drift`. It prints JSON, which docs/measured/drift-false-alarms.json holds.
import { ModelDrift } from '../../src/monitoring/drift/model-drift.js';
import { makeProfile } from '../../src/monitoring/profile/reference-profile.js';
import { seededRandom } from '../../src/statistics/random.js';
import { driftTraffic } from '../support/drift-traffic.js';
import type { TrafficOptions } from '../support/drift-traffic.js';

const windows = Number(process.argv[2] ?? 10_000);
const windowUtterances = 200;
const references = [500, 2_000];
const traffics: readonly (Omit<TrafficOptions, 'seed'> & { readonly name: string })[] = [
  { name: 'each utterance of another client', clients: 50_000, inARow: 1, correlation: 0 },
  { name: '2,000 clients, 5 in a row, correlation 0.2', clients: 2_000, inARow: 5, correlation: 0.2 },
  { name: '2,000 clients, 20 in a row, correlation 0.5', clients: 2_000, inARow: 20, correlation: 0.5 },
];

const results: object[] = [];
for (const references_ of references) {
  for (const { name, ...traffic } of traffics) results.push(run(name, references_, traffic));
}
console.log(JSON.stringify({ windows, windowUtterances, results }, null, 1));

/** Several profiles and populations of clients: a small reference is itself by chance. */
function run(name: string, utterances: number, traffic: Omit<TrafficOptions, 'seed'>): object {
  const runs = 20;
  let alarmed = 0;
  let counted = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const reference = driftTraffic({
      ...traffic,
      clients: 50_000,
      inARow: 1,
      correlation: 0,
      seed: 10_000 + seed,
    });
    const records = Array.from({ length: utterances }, () => reference.next().value.record);
    const profile = makeProfile(records, { description: name, manifestSha256: '', clips: utterances });
    const options = { perClient: 1, windowMs: Infinity, random: seededRandom(seed) };
    const drift = new ModelDrift(profile.model, profile, options);
    const sent = driftTraffic({ ...traffic, seed });
    for (let window = 0; window < windows / runs; window++) {
      let isAlarmed = false;
      for (let at = 0; at < windowUtterances; at++) {
        const { record, client } = sent.next().value;
        drift.push(record, client, counted++);
        isAlarmed ||= drift.drifted.length > 0;
      }
      if (isAlarmed) alarmed++;
    }
  }
  const perThousand = Number(((1_000 * alarmed) / windows).toFixed(2));
  process.stderr.write(`${utterances} reference utterances, ${name}: ${alarmed} of ${windows} windows\n`);
  return { referenceUtterances: utterances, traffic: name, windowsWithAlarm: alarmed, perThousand };
}

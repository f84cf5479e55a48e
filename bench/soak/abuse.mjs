// `npm run bench:abuse`: clients that drop their connections, and hours of silence, against a service of its own.
// Prints a line for each thing that must hold; the exit code is 1 when one does not.
import { parseArgs } from 'node:util';
import { orExit, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '5000' },
    'silence-hours': { type: 'string', default: '2' },
    model: { type: 'string', default: 'moonshine-tiny-en' },
    seed: { type: 'string', default: '1' },
  },
});
process.env.MODELS ??= values.model;
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { Service } = await import('../shared/service.mjs');
const { connectAndDrop } = await import('./connect-and-drop.mjs');
const { sendSilence } = await import('./long-silence.mjs');

const places = 32;
const service = await Service.start('dist/main.js', {
  WORKERS: '2',
  MODELS: values.model,
  MAX_STREAMS: String(places),
  MAX_REQUESTS_PER_KEY: String(2 * places),
  // Only a lack of places may refuse clients here, not the load of the machine.
  MAX_STREAM_LAG_MS: '60000',
});
const failures = [];

/** @param {string} figures what was measured */
function check(name, passed, figures) {
  console.log(`${passed ? 'pass' : 'FAIL'}  ${name}: ${figures}`);
  if (!passed) failures.push(name);
}

try {
  const [cycles, hours] = [Number(values.cycles), Number(values['silence-hours'])];
  if (cycles > 0) await connectAndDrop(service, { cycles, places, seed: Number(values.seed) }, check);
  if (hours > 0) await sendSilence(service, hours, check);
} finally {
  await service.stop();
}
console.log(failures.length === 0 ? 'All passed.' : `${failures.length} failed.`);
process.exitCode = failures.length === 0 ? 0 : 1;

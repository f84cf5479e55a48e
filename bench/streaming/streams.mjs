// `npm run bench:streams`: sets up Hearken and the reference's package, then measures live streams.
import { setUpWithPeers } from '../shared/set-up.mjs';
import { readOptions } from './options.mjs';

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.env.MODELS ??= options.model;
await setUpWithPeers();
// Imported only now: it needs the packages and the build.
const { run } = await import('./run.mjs');
await run(options);

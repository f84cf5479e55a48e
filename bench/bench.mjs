// `npm run bench`: sets up Hearken and the peers' packages, then measures.
import { orExit, setUp } from '../scripts/setup.mjs';
import { installPeers } from './peers.mjs';

await orExit(async () => {
  await setUp({ models: true });
  installPeers();
});
// Not before: it imports what has just been installed and built.
const { run } = await import('./run.mjs');
await run(process.argv.slice(2));

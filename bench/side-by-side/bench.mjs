// `npm run bench`: sets up Hearken and the peers' packages, then measures.
import { setUpWithPeers } from '../shared/set-up.mjs';

await setUpWithPeers();
// Not before: it imports what has just been installed and built.
const { run } = await import('./run.mjs');
await run(process.argv.slice(2));

// `npm run bench`: sets up Hearken and the peers' packages, then measures.
import { setUpWithPeers } from '../shared/set-up.mjs';

await setUpWithPeers();
// Imported only now: it needs the packages and the build.
const { run } = await import('./run.mjs');
await run(process.argv.slice(2));

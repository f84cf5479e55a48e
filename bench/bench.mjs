// `npm run bench`: sets up Hearken and the peers' packages, then measures.
import { orExit, setUp } from '../scripts/setup.mjs';
import { installPeers } from './peers.mjs';

// Compiling a variant may load onnxruntime here, which reads it then.
process.env.ORT_DISABLE_TELEMETRY = '1';
await orExit(async () => {
  await setUp({ models: true });
  installPeers();
});
// Not before: it imports what has just been installed and built.
const { run } = await import('./run.mjs');
await run(process.argv.slice(2));

import { orExit, setUp } from '../../scripts/setup.mjs';
import { installPeers } from './peers.mjs';

/** Installs, builds and fetches what is missing, the peers' packages as well. Ends the process where that fails. */
export async function setUpWithPeers() {
  // Compiling a variant may load onnxruntime in this process, which reads it then.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  await orExit(async () => {
    await setUp({ models: true });
    installPeers();
  });
}

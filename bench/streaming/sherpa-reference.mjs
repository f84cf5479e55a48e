// Simulated streaming with sherpa-onnx-node on the shipped files, behind the part of Deepgram's live protocol that the
// talkers speak. `WORKERS`, `PARTIAL_INTERVAL_MS` and `PORT` are read as Hearken reads them.
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { Families } from '../../dist/families/families.js';
import { FolderModelRegistry } from '../../dist/model-registry/folder-model-registry.js';
import { root } from '../../scripts/setup.mjs';
import { DecodingQueue } from './sherpa-queue.mjs';
import { SherpaStream } from './sherpa-stream.mjs';

const { WORKERS = '2', PARTIAL_INTERVAL_MS = '500', PORT = '0' } = process.env;

const registry = await FolderModelRegistry.open(join(root, 'models'), await Families.load());
const pathOf = (id, role) => registry.pathOf(registry.get(id), role);
const vadPath = pathOf('silero-vad', 'model');
const queue = await DecodingQueue.start(Number(WORKERS), {
  files: {
    encoder: pathOf('moonshine-tiny-en', 'encoder'),
    decoder: pathOf('moonshine-tiny-en', 'decoder'),
  },
});

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(PORT), perMessageDeflate: false });
server.on('connection', (socket, request) => {
  const query = new URL(request.url, 'http://localhost').searchParams;
  const stream = new SherpaStream(
    {
      vadPath,
      endpointingMs: Number(query.get('endpointing')),
      partialIntervalMs: Number(PARTIAL_INTERVAL_MS),
    },
    queue,
    (result) => socket.send(JSON.stringify(results(result))),
  );
  socket.on('message', (data, isBinary) => {
    if (isBinary) stream.accept(floats(data));
    else if (JSON.parse(data.toString()).type === 'CloseStream')
      void stream.finish().then(() => socket.close(1000));
  });
  socket.on('error', () => undefined);
  socket.once('close', () => stream.close());
});
server.once('listening', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`listens on http://127.0.0.1:${port}`);
});
process.once('SIGTERM', () => process.exit());

function results({ startMs, endMs, text, isFinal }) {
  return {
    type: 'Results',
    start: startMs / 1000,
    duration: (endMs - startMs) / 1000,
    is_final: isFinal,
    speech_final: isFinal,
    channel: { alternatives: [{ transcript: text }] },
  };
}

/** 16-bit samples, little-endian. */
function floats(bytes) {
  return Float32Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(2 * at) / 32_768);
}

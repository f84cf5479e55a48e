// The process that holds one engine, so that its time and memory are its own. Every engine answers the same messages.

/**
 * @typedef {object} Engine
 * @property {(samples: Float32Array) => Promise<string>} transcribe 16 kHz mono, shape (samples)
 * @property {() => Promise<void>} close
 */

let clips = [];
let engine;

const commands = {
  async open(setup) {
    const { openEngine } = await import(setup.module);
    clips = setup.clips;
    engine = await openEngine(setup);
  },
  async sessions(setup) {
    const { createSessions } = await import(setup.module);
    const started = performance.now();
    const dispose = await createSessions(setup);
    const createdMs = performance.now() - started;
    await dispose();
    return createdMs;
  },
  transcribe: (index) => engine.transcribe(clips[index]),
  async close() {
    await engine?.close();
    process.disconnect();
  },
};

process.on('message', async ({ id, command, argument }) => {
  try {
    const result = await commands[command](argument);
    if (process.connected) process.send({ id, result });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit());

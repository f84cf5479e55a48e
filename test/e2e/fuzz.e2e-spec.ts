import { afterAll, describe, expect, it } from 'vitest';
import { hasModelFile } from '../support/graphs.js';
import type { FuzzTarget } from '../fuzz/fuzz-target.js';
import { giveFirstInputs } from '../fuzz/give-first-inputs.js';
import { CageTarget } from '../fuzz/targets/cage.target.js';
import { RequestsTarget, SocketsTarget } from '../fuzz/targets/wire.target.js';

// What these hold to is in test/fuzz/README.md. A busy machine gets through fewer seeds.
const withinMs = 12_000;
const isLinux = process.platform === 'linux';
const model = 'silero-vad/6/silero_vad_v6.onnx';

describe.skipIf(!isLinux || !hasModelFile(model))(`Changed inputs (need Linux and models/${model})`, () => {
  const opened: FuzzTarget[] = [];
  afterAll(async () => {
    await Promise.all(opened.map((target) => target.end()));
  });

  it.each<[string, () => Promise<FuzzTarget>, number, string]>([
    ['files for the processes with decoders', () => CageTarget.open(), 300, 'decoded'],
    ['requests', () => RequestsTarget.open(), 400, '200'],
    ['handshakes, frames and messages', () => SocketsTarget.open(), 200, 'closed 1000'],
  ])('%s are accepted or refused, and leave the service as it was', async (_, open, seeds, accepted) => {
    const target = await open();
    opened.push(target);
    const outcomes = await giveFirstInputs(target, seeds, withinMs);
    // A fuzzer whose inputs are all refused at their first bytes would test nothing.
    expect(outcomes.get(accepted)).toBeGreaterThan(0);
  });
});

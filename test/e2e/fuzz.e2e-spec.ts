// @module-tag once
import { afterAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../support/certificate.js';
import { hasModelFile } from '../support/graphs.js';
import type { FuzzTarget } from '../fuzz/fuzz-target.js';
import { giveFirstInputs } from '../fuzz/give-first-inputs.js';
import { CageTarget } from '../fuzz/targets/cage.target.js';
import { RemoteTarget, SecretsTarget } from '../fuzz/targets/guarded.target.js';
import { TlsTarget } from '../fuzz/targets/tls.target.js';
import { RequestsTarget, SocketsTarget } from '../fuzz/targets/wire.target.js';
import { ServiceUnderFuzz } from '../fuzz/wire/service-under-fuzz.js';

// What these hold to is in test/fuzz/README.md. A busy machine gets through fewer seeds.
const withinMs = { decoders: 6_000, messages: 2_500 };
const isLinux = process.platform === 'linux';
const model = 'silero-vad/6/silero_vad_v6.onnx';

describe.skipIf(!isLinux || !hasModelFile(model))(`Changed inputs (need Linux and models/${model})`, () => {
  const opened: FuzzTarget[] = [];
  let service: ServiceUnderFuzz | undefined;
  afterAll(async () => {
    await Promise.all(opened.map((target) => target.end()));
  });

  async function give(target: FuzzTarget, seeds: number, ms: number): Promise<ReadonlyMap<string, number>> {
    opened.push(target);
    return giveFirstInputs(target, seeds, ms);
  }

  // A fuzzer whose inputs are all refused at their first bytes would test nothing.
  it('are accepted or refused by the processes with decoders, which stay', async () => {
    const outcomes = await give(await CageTarget.open(), 200, withinMs.decoders);
    expect(outcomes.get('decoded')).toBeGreaterThan(0);
  });

  it.each<[string, () => Promise<FuzzTarget>, number, string]>([
    ['requests', async () => RequestsTarget.open((service ??= await ServiceUnderFuzz.start())), 400, '200'],
    [
      'handshakes, frames and messages',
      async () => SocketsTarget.open((service ??= await ServiceUnderFuzz.start())),
      300,
      'closed 1000',
    ],
    ['client secrets', () => SecretsTarget.open(), 200, '200'],
  ])('of %s are accepted or refused, and leave the service as it was', async (_, open, seeds, accepted) => {
    const outcomes = await give(await open(), seeds, withinMs.messages);
    expect(outcomes.get(accepted)).toBeGreaterThan(0);
  });

  it.skipIf(!hasOpenssl)('of servers behind URLs are accepted or refused (needs openssl)', async () => {
    const outcomes = await give(await RemoteTarget.open(), 150, withinMs.messages);
    expect(outcomes.get('200')).toBeGreaterThan(0);
  });

  it.skipIf(!hasOpenssl)('of handshakes of TLS are accepted or refused (needs openssl)', async () => {
    const outcomes = await give(await TlsTarget.open(), 200, withinMs.messages);
    expect(outcomes.get('session: 200')).toBeGreaterThan(0);
    expect(outcomes.get('plain HTTP: INVALID_REQUEST')).toBeGreaterThan(0);
  });
});

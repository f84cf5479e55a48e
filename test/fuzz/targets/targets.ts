import type { FuzzTarget } from '../fuzz-target.js';

/** Every target, by its name, with its share of the inputs of a run. */
export const targets: ReadonlyMap<string, { readonly share: number; open(): Promise<FuzzTarget> }> = new Map([
  [
    'decoders',
    {
      share: 0.3,
      open: async () => new (await import('./decoders.target.js')).DecodersTarget(['samples']),
    },
  ],
  [
    'codecs',
    {
      share: 0.1,
      open: async () => new (await import('./decoders.target.js')).DecodersTarget(['codec']),
    },
  ],
  ['mp4', { share: 0.05, open: async () => new (await import('./mp4.target.js')).Mp4Target() }],
  ['weights', { share: 0.05, open: async () => (await import('./weights.target.js')).WeightsTarget.open() }],
  [
    'checkpoints',
    {
      share: 0.05,
      open: async () => new (await import('./checkpoints.target.js')).CheckpointsTarget(),
    },
  ],
  ['cage', { share: 0.1, open: async () => (await import('./cage.target.js')).CageTarget.open() }],
  [
    'ffmpeg',
    {
      share: 0.03,
      open: async () => {
        const { programFiles } = await import('../files/program-files.js');
        return (await import('./cage.target.js')).CageTarget.open(programFiles());
      },
    },
  ],
  ['requests', { share: 0.25, open: async () => (await import('./wire.target.js')).RequestsTarget.open() }],
  ['sockets', { share: 0.2, open: async () => (await import('./wire.target.js')).SocketsTarget.open() }],
  ['urls', { share: 0.05, open: async () => (await import('./guarded.target.js')).RemoteTarget.open() }],
  ['tls', { share: 0.05, open: async () => (await import('./tls.target.js')).TlsTarget.open() }],
  ['secrets', { share: 0.1, open: async () => (await import('./guarded.target.js')).SecretsTarget.open() }],
]);

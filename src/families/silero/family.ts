import type { VoiceActivityFamily } from '../family.js';
import { graphFiles } from './graphs/graph-interface.js';

/** Silero VAD: a probability of speech for each window of 32 ms, with a recurrent state. */
export const silero: VoiceActivityFamily = {
  name: 'silero',
  kind: 'voice-activity',
  roles: ['model'],
  compiler: {
    version: 7,
    graphFiles,
    // Small: a second file is not worth it.
    preparedRoles: [],
    // One variant only.
    variantFor: () => 'float',
    async build(files) {
      const { SileroSource } = await import('./graphs/silero-source.js');
      const { voiceActivityGraph } = await import('./graphs/voice-activity-graph.js');
      const source = new SileroSource(await files.graph('model'));
      return { graphs: new Map([['voiceActivity', voiceActivityGraph(source)]]) };
    },
  },
  async load({ files, graphs }) {
    if (graphs === undefined) {
      const { ShippedSilero } = await import('./shipped-silero.js');
      return ShippedSilero.load(files.model!);
    }
    const { CompiledSilero } = await import('./compiled-silero.js');
    return CompiledSilero.load(graphs.paths.voiceActivity!);
  },
};

import { readFile } from 'node:fs/promises';
import type { SpeechFamily } from '../../../src/families/family.js';
import { toneGraph } from './tone-graph.js';
import type { ToneTable } from './tone-table.js';

/**
 * A family of the tests: it hears tones and writes words. Speech goes on below the tones, so that voice activity detection
 * finds segments as usual. The words of a tone depend on the language, which is asked for or detected by a marker tone, and
 * their spelling on the prompt: proof that a family is one folder, and that nothing above it has to know it.
 */
const tones: SpeechFamily = {
  name: 'tones',
  kind: 'speech',
  roles: ['table'],
  exports: [{ table: 'tones.json' }],
  capabilities: ({ languages, maxAudioSeconds }) => ({
    maxAudioSeconds,
    minSamples: 1_600,
    languages,
    tasks: ['transcribe', 'translate'],
    prompt: true,
    prefix: false,
    maxBatch: 1,
    wordTimes: false,
    streaming: false,
    segmentSeconds: { recording: 8, live: 8 },
    partialPace: { intervalMs: 300, maxIntervalMs: 1_000 },
    context: { contextMs: 0, togetherMs: 0, partedByMs: 0 },
    decodeRates: { tokensPerSecond: 10, tokensAtLeast: 10 },
    confidence: { inventedBelow: -10, inventedInDoubtBelow: -10, doubtBelowPeak: 0, doubtfulBelow: -0.45 },
  }),
  compiler: {
    version: 1,
    graphFiles: { detector: 'detector.onnx' },
    preparedRoles: ['detector'],
    variantFor: () => 'float',
    async build(files) {
      const table = JSON.parse(await readFile(files.path('table'), 'utf8')) as ToneTable;
      return { graphs: new Map([['detector', toneGraph(table)]]), options: table };
    },
  },
  async load({ graphs }) {
    if (graphs === undefined) throw new Error('tones run only compiled');
    const { ToneModel } = await import('./tone-model.js');
    return ToneModel.load(graphs.paths.detector!, graphs.options as ToneTable);
  },
};

export default tones;

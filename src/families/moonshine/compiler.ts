import type { FamilyCompiler } from '../family.js';
import { graphFiles } from './graphs/graph-interface.js';

/** Rewrites the shipped graphs into those of graphs/graph-interface.ts, with the same weights. */
export const compiler: FamilyCompiler = {
  version: 7,
  graphFiles,
  preparedRoles: ['encoder', 'decodeLoop'],
  variantFor: (asked) => asked,
  async build(files, variant) {
    const { buildGraphs } = await import('./graphs/build-graphs.js');
    return buildGraphs(files, variant);
  },
};

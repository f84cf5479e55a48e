import type { FamilyCompiler } from '../family.js';
import { graphFiles } from './graphs/graph-interface.js';

/** Writes the graphs of graphs/graph-interface.ts from the weights. */
export const compiler: FamilyCompiler = {
  version: 3,
  graphFiles,
  preparedRoles: ['encoder', 'decodeLoop'],
  variantFor: (asked) => asked,
  async build(files, variant) {
    const { buildGraphs } = await import('./graphs/build-graphs.js');
    return buildGraphs(files, variant);
  },
};

import { wireProtocols } from '../src/app.module.js';
import { settingsTable } from '../src/config/settings-table.js';
import { metricsTable } from '../src/metrics/metrics-table.js';
import { warningTable } from '../src/transports/deepgram/warning-table.js';
import { errorTable } from '../src/transports/openai/error-table.js';
import { modelCard } from './model-card.js';
import { normalizationTable } from './normalization-table.js';
import { faultsTable, readMeasured } from '../test/faults/faults-table.js';
import { driftTable } from '../test/simulations/drift-table.js';
import { canaryTable } from '../test/simulations/canary-table.js';
import { fuzzTable, readMeasuredRuns } from '../test/fuzz/measured-runs.js';

/** The parts of the documentation that are generated from the code, between two marks; the rest is written by hand. */
export const generatedParts = [
  { path: 'docs/api/errors.md', content: errorTable },
  { path: 'docs/api/warnings.md', content: warningTable },
  { path: 'docs/operations/configuration.md', content: settingsTable },
  {
    path: 'docs/operations/metrics.md',
    content: () => metricsTable(wireProtocols.all.map(({ name }) => name)),
  },
  { path: 'docs/operations/canary.md', content: canaryTable },
  { path: 'docs/operations/drift.md', content: driftTable },
  { path: 'docs/operations/fuzzing.md', content: () => fuzzTable(readMeasuredRuns()) },
  { path: 'docs/model-card.md', content: modelCard },
  { path: 'docs/operations/normalization.md', content: normalizationTable },
  { path: 'docs/operations/reliability.md', content: () => faultsTable(readMeasured()) },
] as const;

const begin = '<!-- made from the code by `npm run docs` -->';
const end = '<!-- end -->';

/** A document with its generated part made anew. @throws Error where the marks are missing */
export function regenerated(document: string, content: string): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document lacks the marks ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${content}\n\n${document.slice(to)}`;
}

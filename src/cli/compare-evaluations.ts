import { compareRuns, formatComparison, readRun } from '../evaluation/compare-runs.js';
import { pathOf } from './evaluation-arguments.js';
import { runCommand, UsageError } from './run-command.js';

/** `npm run evaluate:compare -- FIRST.json SECOND.json`: whether the second run is better or worse, and how certain that is. */
await runCommand(async (args) => {
  const [first, second, ...more] = args;
  if (first === undefined || second === undefined || more.length > 0) {
    throw new UsageError(
      'npm run evaluate:compare -- FIRST.json SECOND.json (of npm run evaluate -- --json FILE)',
    );
  }
  const runs = await Promise.all([first, second].map((path) => readRun(pathOf(path))));
  console.log(formatComparison(compareRuns(runs[0]!, runs[1]!)));
});

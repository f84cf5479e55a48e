import { clientFaults } from './client-faults.js';
import { endingFaults } from './ending-faults.js';
import type { Fault } from './fault.js';
import { modelFaults } from './model-faults.js';
import { pauseFaults } from './pause-faults.js';
import { processFaults } from './process-faults.js';
import { resourceFaults } from './resource-faults.js';

/** In the order of the table in docs/operations/reliability.md. */
export const allFaults: readonly Fault[] = [
  ...processFaults,
  ...pauseFaults,
  ...modelFaults,
  ...resourceFaults,
  ...clientFaults,
  ...endingFaults,
];

import { noticesOf, readEvaluationRequest } from './evaluation-arguments.js';
import { runCommand } from './run-command.js';

/** Checks the arguments and the manifest of `npm run evaluate` before models are fetched and loaded for it. */
await runCommand(async (args) => {
  const request = await readEvaluationRequest(args);
  for (const notice of await noticesOf(request)) process.stderr.write(`Note: ${notice}.\n`);
});

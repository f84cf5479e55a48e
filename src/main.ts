import { tooFewOpenFiles } from './common/open-files.js';

// Before anything else is imported: onnxruntime reads it when it is loaded, and sends telemetry without it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

// Before as well: an import that cannot open its file fails with the name of a package.
const refusal = tooFewOpenFiles();
if (refusal === undefined) {
  const { start } = await import('./app.start.js');
  if (!(await start())) process.exitCode = 1;
} else {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}

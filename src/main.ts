// Before anything is imported: onnxruntime reads it when it is loaded, and its telemetry is on unless told otherwise.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const { start } = await import('./app.start.js');
if (!(await start())) process.exitCode = 1;

// Before anything is imported: onnxruntime reads it when it is loaded, and sends telemetry without it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const { start } = await import('./app.start.js');
if (!(await start())) process.exitCode = 1;

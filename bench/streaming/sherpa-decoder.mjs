// A process that decodes: the recognizer freezes the thread that it runs on.
import { createRecognizer } from '../side-by-side/engines/sherpa-onnx.mjs';

let recognizer;

process.on('message', ({ workerModel, id, samples }) => {
  if (workerModel !== undefined) {
    recognizer = createRecognizer({ workerModel });
    process.send({ ready: true });
    return;
  }
  const stream = recognizer.createStream();
  stream.acceptWaveform({ sampleRate: 16_000, samples });
  recognizer.decode(stream);
  process.send({ id, text: recognizer.getResult(stream).text.trim() });
});
process.on('disconnect', () => process.exit());

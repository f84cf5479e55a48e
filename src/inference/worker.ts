import type { DecodedTokens } from '../speech-model/hypothesis.js';
import { decodeLimits } from '../families/moonshine/limits.js';
import type { RecordingsHeard } from '../recognition/recordings/recording-hearing.js';
import { loadModel } from './load-model.js';
import type { LoadedModel } from './load-model.js';
import type { SpeechModel } from '../speech-model/offline-model.js';
import type { VoiceActivityModel } from '../speech-model/voice-activity-model.js';
import type { DecodePiece, FromWorker, ToWorker, WorkerAnswer, WorkerRequest } from './worker-protocol.js';

// The entry of an inference process: loads its models, then answers one request after the other.

/** Rubbish is collected after so much audio: about 1 MB, and several times that in copies and tensors. */
const collectAfterSamples = 16 * 16_000;

const models = new Map<string, LoadedModel>();
/** Only in a process that reads recordings. */
let recordings: RecordingsHeard | undefined;

function tell(message: FromWorker): void {
  // A service that was killed does not listen any more; `disconnect` ends this process.
  process.send?.(message, undefined, undefined, () => undefined);
}

async function load(message: Extract<ToWorker, { type: 'load' }>): Promise<void> {
  for (const model of message.models) models.set(model.id, await loadModel(model));
  for (const model of models.values()) await warmUp(model);
  tell({ type: 'ready', graphs: [...models.values()].map(({ graphs }) => graphs) });
}

/** The first run of a graph is slow; it happens before the first client comes. */
async function warmUp(model: LoadedModel): Promise<void> {
  if (model.kind === 'voice-activity') {
    await model.model.detect([{ samples: new Float32Array(576), state: new Float32Array(256) }]);
  } else {
    const second = Float32Array.from({ length: 16_000 }, (_, at) => 0.01 * Math.sin(at / 8));
    const limits = { maxTokens: 4, mayBeEmpty: false };
    await model.model.transcribe(second, limits);
    await model.model.transcribeTogether?.([second, second], [limits, limits]);
  }
}

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  switch (request.type) {
    case 'decode': {
      const loaded = models.get(request.modelId);
      if (loaded?.kind !== 'speech') throw new Error(`${request.modelId} is not loaded`);
      const decoded = await decode(loaded.model, request.pieces);
      const pieces = decoded.map((tokens) => ({ ...tokens, text: loaded.model.textOf(tokens.tokens) }));
      return { type: 'decoded', pieces };
    }
    case 'detect-speech':
      return { type: 'speech-probabilities', stretches: await voiceActivity().detect(request.stretches) };
    case 'read': {
      // What a process does not do it does not load.
      const { RecordingsHeard: Heard } = await import('../recognition/recordings/recording-hearing.js');
      recordings ??= new Heard(voiceActivity());
      return recordings.read(request);
    }
  }
}

function voiceActivity(): VoiceActivityModel {
  for (const loaded of models.values()) if (loaded.kind === 'voice-activity') return loaded.model;
  throw new Error('no voice activity model is loaded');
}

/** Together where that is possible: a prefix and a draft are one piece's alone. */
async function decode(model: SpeechModel, pieces: readonly DecodePiece[]): Promise<readonly DecodedTokens[]> {
  const samples = pieces.map((piece) => atLeast(piece.samples, model.minSamples));
  const limits = pieces.map(({ speechHeard }, at) => decodeLimits(samples[at]!.length, speechHeard));
  const alike = pieces.every(
    ({ prefix, draft, speechHeard }) =>
      prefix === undefined && draft === undefined && speechHeard === pieces[0]?.speechHeard,
  );
  if (pieces.length > 1 && alike && model.transcribeTogether !== undefined) {
    return model.transcribeTogether(samples, limits);
  }
  const decoded: DecodedTokens[] = [];
  for (const [at, piece] of pieces.entries()) {
    decoded.push(await model.transcribe(samples[at]!, limits[at]!, piece));
  }
  return decoded;
}

function atLeast(samples: Float32Array, length: number): Float32Array {
  if (samples.length >= length) return samples;
  const padded = new Float32Array(length);
  padded.set(samples);
  return padded;
}

let uncollectedSamples = 0;

/**
 * Samples and tensors lie outside of the heap, where the garbage collector does not see them: by its own measure it has
 * nothing to do until a hundred megabytes are rubbish. A young collection takes a third of a millisecond.
 */
function collect(request: WorkerRequest): void {
  if (request.type === 'read') uncollectedSamples += request.bytes.length;
  else {
    const pieces = request.type === 'decode' ? request.pieces : request.stretches;
    for (const { samples } of pieces) uncollectedSamples += samples.length;
  }
  if (uncollectedSamples < collectAfterSamples) return;
  uncollectedSamples = 0;
  globalThis.gc?.({ type: 'minor' });
}

async function handle(request: WorkerRequest): Promise<void> {
  const started = performance.now();
  try {
    const result = await answer(request);
    tell({ ...result, requestId: request.requestId, computeMs: performance.now() - started });
  } catch (error) {
    tell({ type: 'failed', requestId: request.requestId, reason: (error as Error).message });
  }
  collect(request);
}

async function stop(): Promise<void> {
  for (const loaded of models.values()) await loaded.model.dispose();
  process.disconnect();
}

// One at a time, in order: two runs on one thread would only take turns, and ending inside a run aborts.
let work: Promise<void> = Promise.resolve();
process.on('message', (message: ToWorker) => {
  work = work.then(async () => {
    if (message.type === 'stop') return stop();
    if (message.type === 'forget') return recordings?.forget(message.recording);
    if (message.type !== 'load') return handle(message);
    try {
      await load(message);
    } catch (error) {
      tell({ type: 'load-failed', reason: (error as Error).message });
    }
  });
});
// A signal to the whole process group is the service's to answer; it tells this process when to stop.
process.on('SIGTERM', () => undefined);
process.on('SIGINT', () => undefined);
// The service is gone: nothing is left to answer to.
process.on('disconnect', () => void work.then(() => process.exit(0)));

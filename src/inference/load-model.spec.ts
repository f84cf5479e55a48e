// @module-tag slow
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasModelFile, modelFile } from '../../test/support/graphs.js';
import { SileroSource } from '../families/silero/graphs/silero-source.js';
import { voiceActivityGraph } from '../families/silero/graphs/voice-activity-graph.js';
import { MoonshineSource } from '../families/moonshine/graphs/moonshine-source.js';
import { decodeLoopGraph } from '../families/moonshine/graphs/decode-loop-graph.js';
import { encoderGraph } from '../families/moonshine/graphs/encoder-graph.js';
import type { GraphFiles } from '../families/family.js';
import { capabilitiesOf } from '../families/moonshine/capabilities.js';
import { SourceGraph } from '../onnx-graphs/source-graph.js';
import { loadModel } from './load-model.js';
import type { LoadedModel } from './load-model.js';
import { saveOptimized } from '../onnx-graphs/inference-session.js';
import type { WorkerModel } from './worker-protocol.js';

const files = {
  encoder: 'moonshine-tiny-en/1/encoder_model.onnx',
  decoder: 'moonshine-tiny-en/1/decoder_model_merged.onnx',
  silero: 'silero-vad/6/silero_vad_v6.onnx',
};

function without(model: WorkerModel, ...forms: ('prepared' | 'compiled')[]): WorkerModel {
  const entries = Object.entries(model).filter(([key]) => !forms.some((form) => form === key));
  return Object.fromEntries(entries) as unknown as WorkerModel;
}

const factsOf = (id: string) => ({ id, version: 1, languages: ['en'], maxAudioSeconds: 30 });

function withGraph(graphs: GraphFiles, role: string, path: string): GraphFiles {
  return { ...graphs, paths: { ...graphs.paths, [role]: path } };
}

describe.skipIf(!Object.values(files).every(hasModelFile))('loadModel (needs the models)', () => {
  let folder: string;
  let loaded: LoadedModel | undefined;
  let moonshine: WorkerModel;
  let silero: WorkerModel;
  let broken: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-'));
    const inFolder = async (name: string, bytes: Uint8Array | string) => {
      await writeFile(join(folder, name), bytes);
      return join(folder, name);
    };
    const sourceOf = (file: string) => new SourceGraph(modelFile(file), file);
    const source = new MoonshineSource(sourceOf(files.encoder), sourceOf(files.decoder));
    const { dimensions } = source;
    const paths = {
      encoder: await inFolder('encoder.onnx', encoderGraph(source, 'rq')),
      decodeLoop: await inFolder('decode-loop.onnx', decodeLoopGraph(source, 'rq')),
    };
    const preparedPaths = {
      encoder: join(folder, 'encoder.ort'),
      decodeLoop: join(folder, 'decode-loop.ort'),
    };
    await saveOptimized(paths.encoder, preparedPaths.encoder);
    await saveOptimized(paths.decodeLoop, preparedPaths.decodeLoop);
    broken = await inFolder('broken.onnx', 'no graph at all');
    await inFolder('broken.ort', 'no graph at all');
    moonshine = {
      facts: factsOf('speech'),
      family: 'moonshine',
      capabilities: capabilitiesOf(factsOf('speech'), 'rq'),
      best: 'prepared',
      files: { encoder: resolve('models', files.encoder), decoder: resolve('models', files.decoder) },
      compiled: { paths, options: dimensions },
      prepared: { paths: preparedPaths, options: dimensions },
    };
    silero = {
      facts: factsOf('vad'),
      family: 'silero',
      best: 'compiled',
      files: { model: resolve('models', files.silero) },
      compiled: {
        paths: {
          voiceActivity: await inFolder(
            'voice-activity.onnx',
            voiceActivityGraph(new SileroSource(sourceOf(files.silero))),
          ),
        },
        options: undefined,
      },
    };
  }, 60_000);
  afterEach(async () => {
    await loaded?.model.dispose();
    loaded = undefined;
  });
  afterAll(() => rm(folder, { recursive: true }));

  const graphsOf = async (model: WorkerModel) => (loaded = await loadModel(model)).graphs;

  it('loads the prepared graphs, and reports no degradation', async () => {
    expect(await graphsOf(moonshine)).toEqual({ model: 'speech', shipped: false });
  });

  it('loads the compiled graphs where none are prepared, and reports it', async () => {
    const unprepared = without(moonshine, 'prepared');
    expect(await graphsOf(unprepared)).toEqual({
      model: 'speech',
      shipped: false,
      degradation: 'not-prepared',
    });
  });

  it('loads the compiled graphs where the prepared ones cannot be loaded, and reports why', async () => {
    const prepared = withGraph(moonshine.prepared!, 'decodeLoop', join(folder, 'broken.ort'));
    const graphs = await graphsOf({ ...moonshine, prepared });
    expect(graphs).toMatchObject({ shipped: false, degradation: 'preparation-not-loadable' });
    expect(graphs.reason).not.toBe('');
  });

  it('loads the shipped graphs where neither can be loaded, and reports why for both', async () => {
    const prepared = withGraph(moonshine.prepared!, 'encoder', join(folder, 'broken.ort'));
    const compiled = withGraph(moonshine.compiled!, 'encoder', broken);
    const graphs = await graphsOf({ ...moonshine, prepared, compiled });
    expect(graphs).toMatchObject({ shipped: true, degradation: 'not-loadable' });
    expect(graphs.reason?.split('; ').length).toBe(2);
  });

  it('loads the shipped graphs where there are no others, and reports it', async () => {
    const shipped = without(moonshine, 'prepared', 'compiled');
    const expected = { model: 'speech', shipped: true, degradation: 'not-compiled' };
    expect(await graphsOf(shipped)).toEqual(expected);
  });

  it('does the same for voice activity, which is too small to be prepared', async () => {
    const shipped = without(silero, 'compiled');
    expect(await graphsOf(silero)).toEqual({ model: 'vad', shipped: false });
    await loaded?.model.dispose();
    expect(await graphsOf(shipped)).toMatchObject({ shipped: true, degradation: 'not-compiled' });
    await loaded?.model.dispose();
    const cannot = await graphsOf({
      ...silero,
      compiled: withGraph(silero.compiled!, 'voiceActivity', broken),
    });
    expect(cannot).toMatchObject({ shipped: true, degradation: 'not-loadable' });
  });

  it('fails where not even the shipped graphs can be loaded', async () => {
    const shipped = without(moonshine, 'prepared', 'compiled');
    await expect(loadModel({ ...shipped, files: { ...shipped.files, encoder: broken } })).rejects.toThrow();
  });
});

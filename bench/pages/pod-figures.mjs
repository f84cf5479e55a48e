import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';
import { refuseDegraded } from './measured-run.mjs';
import { largestHeld } from '../streaming/table.mjs';

const defaultModel = 'moonshine-tiny-en';
const folder = join(root, 'docs', 'measured');

/** A file of docs/measured; undefined where nothing was measured. */
export function measured(name) {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) return undefined;
  const file = JSON.parse(readFileSync(path, 'utf8'));
  for (const run of [file, file.bench, file.streams]) refuseDegraded(path, run);
  return file;
}

/** The live streams that the service takes for each core, as its source says. */
export function placesPerCore() {
  const source = readFileSync(join(root, 'src', 'recognition', 'recognition.service.ts'), 'utf8');
  const found = /const streamsPerWorker = (\d+);/.exec(source)?.[1];
  if (found === undefined) throw new Error('recognition.service.ts does not say streamsPerWorker');
  return Number(found);
}

/** Those whose recognition of recordings was measured, the default first. */
export function models() {
  return [defaultModel, 'moonshine-base-en'].filter((model) => measured(model) !== undefined);
}

/** Seconds of recordings that a core recognizes in a second, all stages included. */
export function recordingsPerCore(model) {
  const { summary, machine } = measured(model);
  return summary.realTimeFactorInverse / machine.cores;
}

/** Hearken's own row of `npm run bench`. */
export function benchOfModel(model) {
  return measured('bench').bench.engines.find(
    (engine) => engine.name === 'Hearken' && engine.model === model,
  );
}

/** The run of Hearken with the default model and partials in which the most streams were served in time. */
export function streamsHeld() {
  const streams = measured('streams')?.streams;
  const contender = streams?.contenders?.find(
    (one) => !one.isReference && one.model === defaultModel && one.partials === 'adaptive',
  );
  const held = largestHeld(contender?.runs ?? []);
  return held && { ...held, cores: streams.machine.cores };
}

/**
 * The capacity of a pod, each figure with its source.
 * @param {number} cores of the pod
 * @returns the pod as `Cluster` takes it, its seconds of start, and the sources in words
 */
export function podFigures(cores, uploadSeconds) {
  const places = placesPerCore();
  const held = streamsHeld();
  const streamCost = held?.cpuSecondsPerAudioSecond ?? 1 / places;
  const perCore = recordingsPerCore(defaultModel);
  const scaleOut = measured('scale-out');
  const startMs = scaleOut?.startUntilReadyMs.median ?? benchOfModel(defaultModel).startMs.median;
  return {
    pod: {
      cores,
      places: places * cores,
      streamCost,
      uploadCost: uploadSeconds / perCore,
      // The default of MAX_STREAM_LAG_MS.
      maxLagSeconds: 1.5,
    },
    startSeconds: Number((startMs / 1_000).toFixed(1)),
    sources: {
      places: `${places} for each core: what the service takes`,
      streamCost:
        held === undefined
          ? `assumed, because docs/measured/streams.json is not there: all places taken keep the cores busy`
          : `measured with ${held.talkers} streams: docs/measured/streams.json`,
      uploadCost: `measured: docs/measured/${defaultModel}.json, ${perCore.toFixed(1)} seconds of audio in a core-second`,
      startSeconds: `measured: docs/measured/${scaleOut === undefined ? 'bench' : 'scale-out'}.json`,
    },
  };
}

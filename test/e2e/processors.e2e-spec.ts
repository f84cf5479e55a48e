// @module-tag once
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Heard } from '../support/hear-in-process.js';
import { missingProcessor, runOnOtherProcessor } from '../support/other-processor.js';

// Nothing of this can be seen on a machine whose processor has VNNI: onnxruntime rewrites the graphs where it has not.

const tiny = 'moonshine-tiny-en';
const base = 'moonshine-base-en';
const whisper = 'whisper-base';
/** They are never part of the set-up, and 145 MB: only where they are. */
const hasWhisper = existsSync(join('models', whisper, '1/model.bin'));
// Of a text without a near tie: it is the same on every processor.
const clip = 'test/fixtures/sense-and-sensibility-0930.wav';
const entry = 'test/support/hear-in-process.ts';
const missing = missingProcessor();
const minutes = 60_000;

/** Runs a TypeScript file in a process of its own on this machine's processor. */
const nodeHere = (file: string, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--import', './scripts/typescript-loader.mjs', file, ...args], {
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    timeout: 2 * minutes,
  });

/** The set-up fetches the default model only. Nothing where a registry of packages cannot be reached. */
async function fetchBase(): Promise<boolean> {
  if (existsSync(join('models', base, '1/encoder_model.onnx'))) return true;
  const fetched = nodeHere('src/cli/fetch-models.ts', base);
  return fetched.then(
    () => true,
    () => false,
  );
}

describe.skipIf(missing !== undefined)(
  `a processor without VNNI${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let folder: string;
    let models: string[];
    let here: Heard;
    let there: Heard;

    beforeAll(async () => {
      models = (await fetchBase()) ? [tiny, base] : [tiny];
      if (hasWhisper) models.push(whisper);
      folder = await mkdtemp(join(tmpdir(), 'processors-'));
      for (const model of [...models, 'silero-vad']) {
        // Without what is prepared here: this test prepares it, on each of the two.
        const isOurs = (path: string) => !path.includes('prepared');
        await cp(join('models', model), join(folder, model), { recursive: true, filter: isOurs });
      }
      const args = [folder, models.join(','), clip];
      const { stdout } = await nodeHere(entry, ...args);
      here = JSON.parse(stdout) as Heard;
      there = JSON.parse(runOnOtherProcessor(entry, args, 5 * minutes)) as Heard;
    }, 9 * minutes);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('is known as one whose signed products saturate, and has prepared graphs of its own', () => {
      expect(there.saturates).toBe(true);
      expect(there.prepared).toMatch(/-shifted$/);
      if (!here.saturates) expect(here.prepared).not.toBe(there.prepared);
    });

    it('loads the graphs that are prepared for it, of all models, and degrades in nothing', () => {
      const all = [...models, 'silero-vad'].map((model) => ({ model, shipped: false }));
      expect(there.graphs).toEqual(all);
      expect(here.graphs).toEqual(all);
    });

    it(`hears the same texts as this machine, with every model`, () => {
      expect(there.texts).toHaveLength(models.length);
      for (const text of there.texts) expect(text.split(' ').length).toBeGreaterThan(5);
      expect(there.texts).toEqual(here.texts);
    });

    it('finds speech where this machine does', () => {
      expect(Math.max(...there.probabilities)).toBeGreaterThan(0.9);
      expect(there.probabilities).toHaveLength(here.probabilities.length);
      for (const [at, probability] of there.probabilities.entries()) {
        expect(probability).toBeCloseTo(here.probabilities[at]!, 3);
      }
    });

    it('was tried with the base model too', (context) => {
      if (!models.includes(base)) context.skip('the base model could not be fetched');
      expect(models).toContain(base);
    });

    it('was tried with Whisper too', (context) => {
      if (!hasWhisper) context.skip(`needs the weights: npm run models:fetch -- ${whisper}`);
      expect(there.graphs.map(({ model }) => model)).toContain(whisper);
      expect(there.texts).toHaveLength(models.length);
    });
  },
);

// @module-tag once
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { soak } from '../../bench/soak/soak-run.mjs';
import type { SoakRun } from '../../bench/soak/soak-run.mjs';

let run: SoakRun;
const models = process.env['MODELS'];
beforeAll(async () => {
  process.env['MODELS'] = 'moonshine-tiny-en';
  run = await soak({ utterances: 100, minutes: 1, atOnce: 6, workers: '1', seed: 3, warmUpShare: 0.4 });
});
afterAll(() => {
  if (models === undefined) delete process.env['MODELS'];
  else process.env['MODELS'] = models;
});

describe('a service after clients that come, abort and drop', () => {
  it('has answered each of them as expected', () => {
    expect(run.sent).toBe(100);
    for (const [name, { sent, unexpected }] of Object.entries(run.counts)) {
      expect(sent, name).toBeGreaterThan(0);
      expect(unexpected, name).toEqual({});
    }
  });

  it('holds no process, thread, descriptor, socket, file, place or byte more than before', () => {
    expect(run.left).toEqual([]);
  });
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stageOf } from './dockerfile.js';

/** The condition of the Dockerfile under which the build installs pip. */
function needsPip(models: string): boolean {
  const stage = stageOf(readFileSync('Dockerfile', 'utf8'), 'build');
  const condition = /RUN if (.*); then/.exec(stage)![1]!;
  const answer = execFileSync('sh', ['-c', `if ${condition}; then echo yes; else echo no; fi`], {
    env: { ...process.env, MODELS: models },
    encoding: 'utf8',
  });
  return answer.trim() === 'yes';
}

describe('the build of the image', () => {
  it('installs pip only where a model comes in wheels', () => {
    expect(needsPip('moonshine-tiny-en')).toBe(false);
    expect(needsPip('moonshine-tiny-en,moonshine-base-en')).toBe(false);
    expect(needsPip('whisper-base')).toBe(true);
    expect(needsPip('moonshine-tiny-en,whisper-base')).toBe(true);
  });
});

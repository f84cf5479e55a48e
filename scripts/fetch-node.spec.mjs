import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { versions } from './fetch-node.mjs';

describe('the versions of Node that CI runs the tests on', () => {
  it('begin with the lowest that package.json allows', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
    const [, major, minor = '0', patch = '0'] = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(engines.node);
    expect(versions.lowest.version).toBe(`${major}.${minor}.${patch}`);
  });

  it('end with the one of the image, which .nvmrc names for developers too', () => {
    const [, ofImage] = /^ARG BASE_IMAGE=\S+\/node:(\d+)/m.exec(readFileSync('Dockerfile', 'utf8'));
    expect(versions.image.version.split('.')[0]).toBe(ofImage);
    expect(readFileSync('.nvmrc', 'utf8').trim()).toBe(ofImage);
  });
});

import { describe, expect, it } from 'vitest';
import { misspelledSettings } from './environment.js';
import { isForeign, nearestName, settingNames } from './near-names.js';

describe('nearestName', () => {
  it.each([
    ['MODEL', 'MODELS'],
    ['PROT', 'PORT'],
    ['MAX_STREAM', 'MAX_STREAMS'],
    ['VAD_TRESHOLD', 'VAD_THRESHOLD'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['port', 'PORT'],
    ['API_KEY', 'API_KEYS'],
  ])('finds the setting that %s was meant to be', (name, meant) => {
    expect(nearestName(name, settingNames)).toBe(meant);
  });

  it('finds nothing if no name is similar', () => {
    expect(nearestName('DATABASE_URL', settingNames)).toBeUndefined();
  });
});

describe('misspelledSettings', () => {
  it('reports variables whose names are similar to settings', () => {
    expect(misspelledSettings({ VAD_TRESHOLD: '0.6', PROT: '1', MODELS: 'a' })).toEqual([
      'VAD_TRESHOLD is not the name of a setting; did you mean VAD_THRESHOLD?',
      'PROT is not the name of a setting; did you mean PORT?',
    ]);
  });

  it('does not report the variables of a usual shell, of npm and of a pod', () => {
    const usual = [
      'HOME',
      'PATH',
      'HOSTNAME',
      'USER',
      'TERM',
      'LANG',
      'LC_ALL',
      'MAIL',
      'EDITOR',
      'npm_config_yes',
    ];
    const ofPods = [
      'KUBERNETES_SERVICE_HOST',
      'KUBERNETES_PORT',
      'HEARKEN_SERVICE_PORT',
      'POD_NAME',
      'NODE_ENV',
    ];
    const variables = Object.fromEntries([...usual, ...ofPods].map((name) => [name, 'x']));
    expect(misspelledSettings(variables)).toEqual([]);
  });
});

describe('isForeign', () => {
  it('recognizes variables of node and its libraries, but no setting', () => {
    expect(['NODE_OPTIONS', 'HTTPS_PROXY', 'TZ', 'OTEL_LOG_LEVEL'].filter(isForeign)).toHaveLength(4);
    expect(settingNames.filter(isForeign)).toEqual([]);
  });
});

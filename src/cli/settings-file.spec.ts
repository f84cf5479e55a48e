import { describe, expect, it } from 'vitest';
import { parseSettingsFile } from './settings-file.js';

const only = (content: string): Readonly<Record<string, string>> | undefined =>
  parseSettingsFile(content).groups[0]?.variables;

describe('parseSettingsFile', () => {
  it('reads the lines of an env file', () => {
    const content =
      '# a comment\nPORT=9000\nexport HOST="0.0.0.0" # everywhere\nLOG_LEVEL = debug # loud\nAPI_KEYS=\n';
    expect(only(content)).toEqual({ PORT: '9000', HOST: '0.0.0.0', LOG_LEVEL: 'debug', API_KEYS: '' });
    expect(only('# only a comment\n')).toEqual({});
  });

  it('reports lines of an env file that set nothing, and names that are set twice', () => {
    expect(parseSettingsFile('PORT=1\nHOST\nPORT=2\n').problems).toEqual([
      'line 2 is not NAME=value',
      'PORT is set twice (again in line 3)',
    ]);
  });

  it('reads a mapping of YAML', () => {
    expect(only('PORT: 8080\nMODELS: a,b\n')).toEqual({ PORT: '8080', MODELS: 'a,b' });
  });

  it('reads the data of a ConfigMap and ignores the rest of it', () => {
    const content = [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata:',
      '  name: hearken',
      '  labels: { TIER: front }',
      'data:',
      "  PORT: '8080'",
      '  MODEL_ALIASES: whisper-1=moonshine-tiny-en',
      '  dashboard.json: |',
      '    {"a": 1}',
    ].join('\n');
    expect(only(content)).toEqual({ PORT: '8080', MODEL_ALIASES: 'whisper-1=moonshine-tiny-en' });
  });
});

import { describe, expect, it } from 'vitest';
import { parseSettingsFile } from './settings-file.js';

describe('parseSettingsFile', () => {
  it('reads the lines of an env file', () => {
    const content =
      '# a comment\nPORT=9000\nexport HOST="0.0.0.0" # everywhere\nLOG_LEVEL = debug # loud\nAPI_KEYS=\n';
    expect(parseSettingsFile(content).variables).toEqual({
      PORT: '9000',
      HOST: '0.0.0.0',
      LOG_LEVEL: 'debug',
      API_KEYS: '',
    });
  });

  it('reads the data of a ConfigMap and passes over the rest of it', () => {
    const content = [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata:',
      '  name: hearken',
      'data:',
      "  PORT: '8080'",
      '  MODEL_ALIASES: whisper-1=moonshine-tiny-en',
    ].join('\n');
    expect(parseSettingsFile(content).variables).toEqual({
      PORT: '8080',
      MODEL_ALIASES: 'whisper-1=moonshine-tiny-en',
    });
  });

  it('tells names that are no settings, which are mostly slips of the pen', () => {
    expect(parseSettingsFile('PROT=1\nPORT=2').unknown).toEqual(['PROT']);
  });
});

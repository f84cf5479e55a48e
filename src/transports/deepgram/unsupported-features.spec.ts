import { describe, expect, it } from 'vitest';
import { refuseUnsupported } from './unsupported-features.js';

describe('refuseUnsupported', () => {
  it.each(['redact', 'diarize', 'replace', 'callback'])('refuses %s, and names it', (param) => {
    expect(() => refuseUnsupported({ [param]: 'true' })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE', param }) as Error,
    );
  });

  it.each(['False', 'false', '0', 'no', '', ' ', 'None'])('accepts %j: it requests nothing', (value) => {
    expect(() => refuseUnsupported({ diarize: value, search: value, redact: [value] })).not.toThrow();
  });

  it('accepts features that are turned off, and hints', () => {
    expect(() =>
      refuseUnsupported({
        diarize: 'false',
        punctuate: 'true',
        smart_format: 'true',
        keyterm: ['a'],
        tag: 'x',
      }),
    ).not.toThrow();
  });
});

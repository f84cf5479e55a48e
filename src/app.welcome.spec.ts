import { describe, expect, it } from 'vitest';
import { welcome, welcomeText } from './app.welcome.js';
import { Configuration } from './config/configuration.js';
import { readEnvironment } from './config/environment.js';

const open = new Configuration(readEnvironment({}));
const closed = new Configuration(readEnvironment({ API_KEYS: `a=${'0'.repeat(64)}` }));
const at = (address: string, family = 'IPv4') => ({ address, family, port: 8080 });

describe('the welcome', () => {
  it('names the address that it listens on, and one that a client can use', () => {
    const said = welcome(at('0.0.0.0'), closed);
    expect(said.msg).toContain('listens on http://0.0.0.0:8080 ');
    expect(said.msg).toContain('every address');
    expect(said.tryIt).toMatch(/^curl -H "Authorization: Bearer \$API_KEY" .* http:\/\/localhost:8080\//);
    expect(welcome(at('::', 'IPv6'), closed).msg).toContain('listens on http://[::]:8080 ');
    expect(welcome(at('::1', 'IPv6'), open).tryIt).toContain(' http://[::1]:8080/');
  });

  it('names the documentation where it is served, and not where it is turned off', () => {
    const told = (variables: Record<string, string>) =>
      welcome(at('127.0.0.1'), new Configuration(readEnvironment(variables))).msg;
    expect(told({})).toContain('OpenAPI: http://127.0.0.1:8080/docs');
    expect(told({ ADMIN_PORT: '9090' })).toContain('OpenAPI: http://127.0.0.1:9090/docs');
    expect(told({ DOCS_ENABLED: 'false' })).toBe('Hearken listens on http://127.0.0.1:8080');
  });

  it('names https addresses with TLS', () => {
    const files = { TLS_CERT_FILE: 'a.crt', TLS_KEY_FILE: 'a.key' };
    const said = welcome(at('127.0.0.1'), new Configuration(readEnvironment(files)));
    expect(said.msg).toMatch(/listens on https:\/\/127.0.0.1:8080 \(OpenAPI: https:/);
    expect(said.tryIt).toMatch(/^curl --insecure .* https:\/\/127/);
  });

  it('warns where nobody needs a key', () => {
    expect(welcome(at('127.0.0.1'), open).warning).toContain('no API keys');
    expect(welcome(at('127.0.0.1'), closed).warning).toBeUndefined();
  });

  it('ends with the address on a terminal', () => {
    const lines = welcomeText(welcome(at('127.0.0.1'), open))
      .trimEnd()
      .split('\n');
    expect(lines.at(-1)).toMatch(/^Hearken listens on http:\/\/127\.0\.0\.1:8080 /);
  });
});

import type { AddressInfo } from 'node:net';
import type { Configuration } from './config/configuration.js';

/** In the repository, so that the line works as it stands. */
const clip = 'test/fixtures/sense-and-sensibility-0870.wav';

/** The message once the service listens. */
export interface Welcome {
  readonly msg: string;
  /** A line for a shell that tries it. */
  readonly tryIt: string;
  /** Who may use the service, where that is everybody. */
  readonly warning: string | undefined;
}

/** Where the service is, and one line that tries it. */
export function welcome({ address, port, family }: AddressInfo, configuration: Configuration): Welcome {
  const isEverywhere = address === '0.0.0.0' || address === '::';
  const host = isEverywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  const scheme = configuration.get('TLS_CERT_FILE') === '' ? 'http' : 'https';
  const listening = `${scheme}://${isEverywhere ? address.replace('::', '[::]') : host}:${port}`;
  const notes = isEverywhere ? [`port ${port} of every address of this machine or container`] : [];
  const docsPort = configuration.get('ADMIN_PORT') || port;
  if (configuration.get('DOCS_ENABLED')) notes.push(`OpenAPI: ${scheme}://${host}:${docsPort}/docs`);
  const key = !configuration.needsKey ? '' : ' -H "Authorization: Bearer $API_KEY"';
  return {
    msg: `Hearken listens on ${listening}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`,
    // The certificate names the host that clients use, which is seldom this one.
    tryIt: `curl${scheme === 'https' ? ' --insecure' : ''}${key} -F file=@${clip} ${scheme}://${host}:${port}/v1/audio/transcriptions`,
    warning: openNotice(configuration),
  };
}

/** For a terminal: the address is the last thing that one reads. */
export function welcomeText({ msg, tryIt, warning }: Welcome): string {
  const notice = warning === undefined ? '' : `\nWARNING: ${warning}\n`;
  return `${notice}\nTry it:\n  ${tryIt}\n\n${msg}\n\n`;
}

function openNotice(configuration: Configuration): string | undefined {
  if (configuration.needsKey) return undefined;
  const who = configuration.get('ALLOW_OPEN')
    ? 'whoever reaches this address'
    : 'every program on this machine';
  return `no API keys are configured: ${who} may use the service. \`npm run keys -- new NAME\` makes a key.`;
}

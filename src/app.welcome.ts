import type { Configuration } from './config/configuration.js';

/** In the repository, so that the line works as it stands. */
const clip = 'test/fixtures/sense-and-sensibility-0870.wav';

/** Where the service is, and one line that tries it. */
export function welcome(url: string, configuration: Configuration): string {
  const address = reachable(url);
  const key = configuration.get('API_KEYS').size === 0 ? '' : ' -H "Authorization: Bearer $API_KEY"';
  return [
    '',
    `Hearken listens on ${address} (OpenAPI: ${address}/docs)`,
    'Try it:',
    `  curl${key} -F file=@${clip} ${address}/v1/audio/transcriptions`,
    '',
    '',
  ].join('\n');
}

/** Loud, because it is meant for a developer's own machine. */
export function openNotice(configuration: Configuration): string | undefined {
  if (configuration.get('API_KEYS').size > 0) return undefined;
  const who = configuration.get('ALLOW_OPEN')
    ? 'whoever reaches this address'
    : 'every program on this machine';
  return `\nWARNING: no API keys are configured: ${who} may use the service. \`npm run keys -- new NAME\` makes a key.\n`;
}

/** An address that stands for all of the machine's is not one that a client can ask. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//localhost:').replace('//[::]:', '//localhost:');
}

import { settings } from './settings.js';
import type { Setting } from './setting.js';

/** The settings as they stand in docs/operations/configuration.md: those to be set, then those to be measured with. */
export function settingsTable(): string {
  const all = Object.entries<Setting<unknown>>(settings);
  return [
    ...table(all.filter(([, { experiment }]) => experiment !== true)),
    '',
    '## For experiments',
    '',
    'What these are was measured and decided (docs/decisions). They are there so that it can be measured again, and nobody',
    'who runs the service has a reason to set them.',
    '',
    ...table(all.filter(([, { experiment }]) => experiment === true)),
  ].join('\n');
}

function table(some: readonly (readonly [string, Setting<unknown>])[]): string[] {
  const rows = some.map(([name, { kind, fallback, meaning, secret }]) => {
    const shownFallback = fallback === '' ? '' : `\`${fallback}\``;
    return `| \`${name}\` | ${kind.description} | ${shownFallback} | ${meaning}${secret === true ? ' Never logged.' : ''} |`;
  });
  return ['| variable | value | default | meaning |', '| --- | --- | --- | --- |', ...rows];
}

import { settings } from './settings.js';
import type { Setting } from './setting.js';

/** The tables of docs/operations/configuration.md: settings for operators, then those for experiments. */
export function settingsTable(): string {
  const all = Object.entries<Setting<unknown>>(settings);
  return [
    ...table(all.filter(([, { experiment }]) => experiment !== true)),
    '',
    '## For experiments',
    '',
    'The values of these settings were measured and decided (docs/decisions). The settings exist for new measurements;',
    'an operator has no reason to change them.',
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

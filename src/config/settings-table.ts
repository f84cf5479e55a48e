import { settings } from './settings.js';
import type { Setting } from './setting.js';

/** The settings as they stand in docs/operations/configuration.md. */
export function settingsTable(): string {
  const rows = Object.entries<Setting<unknown>>(settings).map(
    ([name, { kind, fallback, meaning, secret }]) => {
      const shownFallback = fallback === '' ? '' : `\`${fallback}\``;
      return `| \`${name}\` | ${kind.description} | ${shownFallback} | ${meaning}${secret === true ? ' Never logged.' : ''} |`;
    },
  );
  return ['| variable | value | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

import { warningCodes } from './warning-codes.js';

/** The table of warnings as it stands in docs/api/warnings.md. */
export function warningTable(): string {
  const rows = Object.entries(warningCodes).map(
    ([code, { deepgramType, meaning }]) => `| \`${code}\` | \`${deepgramType}\` | ${meaning} |`,
  );
  return ['| code | Deepgram `type` | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

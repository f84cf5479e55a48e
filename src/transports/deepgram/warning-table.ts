import { warningCodes } from '../../common/warnings/warning-codes.js';
import type { WarningCode, WarningCodeRow } from '../../common/warnings/warning-codes.js';
import { listenWarningTypes } from './listen-warnings.js';

/** The table of warnings as it stands in docs/api/warnings.md, with Deepgram's type beside each code. */
export function warningTable(): string {
  const rows = (Object.entries(warningCodes) as [WarningCode, WarningCodeRow][]).map(
    ([code, { meaning }]) => `| \`${code}\` | \`${listenWarningTypes[code]}\` | ${meaning} |`,
  );
  return ['| code | Deepgram `type` | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

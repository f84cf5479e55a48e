import { warningCodes } from '../../common/warnings/warning-codes.js';
import type { Warning } from '../../common/warnings/warning-codes.js';

/** A warning as Deepgram writes it; `code` is the service's own. */
export interface ListenWarning {
  readonly parameter: string | null;
  readonly type: string;
  readonly message: string;
  readonly code: string;
}

/** The `warnings` of a `metadata` object: left out where there are none. */
export function presentWarnings(warnings: readonly Warning[]): { warnings?: readonly ListenWarning[] } {
  if (warnings.length === 0) return {};
  return {
    warnings: warnings.map(({ code, message, param }) => ({
      parameter: param ?? null,
      type: warningCodes[code].deepgramType,
      message,
      code,
    })),
  };
}

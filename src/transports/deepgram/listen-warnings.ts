import type { Warning, WarningCode } from '../../common/warnings/warning-codes.js';

/** Deepgram's `type` of each warning; its clients know no others. */
export const listenWarningTypes: Readonly<Record<WarningCode, 'unsupported_encoding' | 'unspecified'>> = {
  AUDIO_BASE64: 'unsupported_encoding',
  AUDIO_TRUNCATED: 'unspecified',
  AUDIO_SAMPLE_RATE: 'unsupported_encoding',
  AUDIO_ENCODING: 'unsupported_encoding',
  AUDIO_NO_SPEECH: 'unspecified',
  FIELD_UNKNOWN: 'unspecified',
};

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
      type: listenWarningTypes[code],
      message,
      code,
    })),
  };
}

/** One row of the table of warnings: a likely mistake of a client in a request that succeeded. */
export interface WarningCodeRow {
  /** One sentence for docs/api/warnings.md. */
  readonly meaning: string;
}

function row(meaning: string): WarningCodeRow {
  return { meaning };
}

/** Every warning of the service. A test compares docs/api/warnings.md with this table. */
export const warningCodes = {
  AUDIO_BASE64: row(
    'The bytes are base64 text, but were decoded as samples. Decode the text and send the decoded bytes.',
  ),
  AUDIO_TRUNCATED: row(
    'The file is cut short: its header claims more than arrived, or its end is missing. What arrived was recognized.',
  ),
  AUDIO_SAMPLE_RATE: row(
    'The speech is plausible only at another sample rate than the declared one; the message names both.',
  ),
  AUDIO_ENCODING: row(
    'The samples seem to have another encoding than the declared one (byte order, width, companding); the message names both.',
  ),
  AUDIO_NO_SPEECH: row('The audio is loud, but nothing in it sounds like speech.'),
  FIELD_UNKNOWN: row(
    'A field is unknown and was ignored; its name is similar to a known one. `param` names it.',
  ),
} as const satisfies Record<string, WarningCodeRow>;

export type WarningCode = keyof typeof warningCodes;

/** A remark to a client beside its answer. Like an error it contains neither audio nor text. */
export interface Warning {
  readonly code: WarningCode;
  /** A sentence for the developer of the client. */
  readonly message: string;
  /** The field that is probably wrong, by its name in the protocol of the client. */
  readonly param?: string;
}

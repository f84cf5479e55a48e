/** One row of the table of warnings: what a client most likely did wrong, although it has its answer. */
export interface WarningCodeRow {
  /** One sentence for docs/api/warnings.md. */
  readonly meaning: string;
}

function row(meaning: string): WarningCodeRow {
  return { meaning };
}

/** Every warning the service can give. docs/api/warnings.md holds the same table, and a test compares the two. */
export const warningCodes = {
  AUDIO_BASE64: row(
    'The bytes are base64 text and were heard as samples; they have to be decoded before they are sent.',
  ),
  AUDIO_TRUNCATED: row('The header of the WAV file claims more samples than came; what came was heard.'),
  AUDIO_SAMPLE_RATE: row(
    'The audio makes sense when its samples are taken at another rate than the declared one; the message names both.',
  ),
  AUDIO_ENCODING: row(
    'The samples seem to be written in another way than the declared one (byte order, width, companding); the message names it.',
  ),
  AUDIO_NO_SPEECH: row('The audio is loud, and nothing in it sounds like speech.'),
  FIELD_UNKNOWN: row(
    'A field is not known and was not looked at; its name is close to one that is. `param` names it.',
  ),
} as const satisfies Record<string, WarningCodeRow>;

export type WarningCode = keyof typeof warningCodes;

/** What a client is told beside its answer. Like an error it holds neither audio nor text. */
export interface Warning {
  readonly code: WarningCode;
  /** A sentence for the developer of the client. */
  readonly message: string;
  /** The field that is probably wrong, by the name that the client's protocol gives it. */
  readonly param?: string;
}

/** In these objects a blank text withdraws an earlier value; elsewhere in a session it means nothing. */
const hintsOfTranscription: readonly string[] = ['transcription', 'input_audio_transcription'];

/**
 * A session as the client means it: settings pages send fields that nobody has filled in, blank. A blank hint of the
 * transcription is `null`, and every other blank field is left out.
 * @param depth levels that are searched; no field of a session is deeper
 */
export function withoutBlanks(session: unknown, depth = 4): unknown {
  if (!isObject(session) || depth === 0) return session;
  const filled: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(session)) {
    if (hintsOfTranscription.includes(name) && isObject(value)) filled[name] = withNulls(value);
    else if (!isBlank(value)) filled[name] = withoutBlanks(value, depth - 1);
  }
  return filled;
}

function withNulls(hints: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(hints).map(([name, value]: [string, unknown]) => [name, isBlank(value) ? null : value]),
  );
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

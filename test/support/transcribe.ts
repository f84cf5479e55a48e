export interface Transcription {
  readonly status: number;
  /** The text, or where the request was refused the error's code. */
  readonly text: string;
}

/** Uploads a WAV file as OpenAI's clients do. */
export async function transcribe(url: string, file: Uint8Array, model?: string): Promise<Transcription> {
  const form = new FormData();
  if (model !== undefined) form.append('model', model);
  form.append('file', new Blob([Uint8Array.from(file)]), 'a.wav');
  const response = await fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form });
  const body = (await response.json()) as { text?: string; error?: { code: string } };
  return { status: response.status, text: body.text ?? body.error?.code ?? '' };
}

/** Waits until something holds. @throws Error after `seconds` */
export async function until(holds: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not come to hold in ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

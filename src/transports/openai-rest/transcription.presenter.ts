import type { Warning } from '../../common/warnings/warning-codes.js';
import type { Task } from '../../speech-model/capabilities.js';
import { formatJson, languagesField, tokenLogProbs } from '../../transcripts/formatters/json.formatter.js';
import { tokenUsage } from '../../transcripts/formatters/json.formatter.js';
import { formatSrt } from '../../transcripts/formatters/srt.formatter.js';
import { formatText } from '../../transcripts/formatters/text.formatter.js';
import { formatVerboseJson } from '../../transcripts/formatters/verbose-json.formatter.js';
import { formatVtt } from '../../transcripts/formatters/vtt.formatter.js';
import type { RecordingTranscription } from '../../transcripts/recording-transcriber.js';
import type { Transcript } from '../../transcripts/transcript.js';
import { warningsField } from '../shared/warnings.js';
import type { ResponseFormat, TranscriptionFields } from './dto/transcription-fields.dto.js';

export interface Body {
  readonly contentType: string;
  readonly text: string;
}

/** A finished transcript in the form that `response_format` names. */
export function presentTranscript(
  transcript: Transcript,
  format: Exclude<ResponseFormat, 'diarized_json'>,
  fields: TranscriptionFields & { readonly task: Task },
  warnings: readonly Warning[],
): Body {
  switch (format) {
    case 'json':
      return json({
        ...formatJson(transcript, { logProbs: wantsLogProbs(fields) }),
        ...warningsField(warnings),
      });
    case 'verbose_json': {
      const asked = fields.timestamp_granularities ?? ['segment'];
      const options = {
        segments: asked.includes('segment'),
        words: asked.includes('word'),
        task: fields.task,
      };
      return json({ ...formatVerboseJson(transcript, options), ...warningsField(warnings) });
    }
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', text: formatText(transcript) };
    case 'srt':
      return { contentType: 'application/x-subrip; charset=utf-8', text: formatSrt(transcript) };
    case 'vtt':
      return { contentType: 'text/vtt; charset=utf-8', text: formatVtt(transcript) };
  }
}

/** The same transcript as events: one delta for each segment as it is decoded, and the whole at the end. */
export async function* presentEvents(
  transcription: RecordingTranscription,
  fields: TranscriptionFields,
  warnings: () => Promise<readonly Warning[]>,
): AsyncGenerator<object> {
  const withLogProbs = wantsLogProbs(fields);
  for await (const { segment, separator } of transcription.segments()) {
    yield {
      type: 'transcript.text.delta',
      delta: separator + segment.text,
      ...(withLogProbs ? { logprobs: tokenLogProbs(segment) } : {}),
    };
  }
  const transcript = transcription.transcriptSoFar();
  yield {
    type: 'transcript.text.done',
    text: transcript.text,
    ...(withLogProbs ? { logprobs: transcript.segments.flatMap(tokenLogProbs) } : {}),
    ...languagesField(transcript.segments),
    usage: tokenUsage(transcript),
    ...warningsField(await warnings()),
  };
}

function wantsLogProbs(fields: TranscriptionFields): boolean {
  return fields.include?.includes('logprobs') ?? false;
}

function json(body: object): Body {
  return { contentType: 'application/json; charset=utf-8', text: JSON.stringify(body) };
}

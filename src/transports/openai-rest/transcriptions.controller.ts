import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { RecordingTranscriber } from '../../transcripts/recording-transcriber.js';
import { openaiErrors } from '../openai/openai-error.js';
import { AdmissionGuard } from '../shared/admission.guard.js';
import { ApiKeyGuard } from '../shared/api-key.guard.js';
import { errorAnswer, toSpeechError } from '../shared/error-answer.js';
import { validated } from '../shared/fields.pipe.js';
import { instructionsFor } from '../shared/instructions.js';
import { contextOf, signalOf } from '../shared/request-context.js';
import { untilAborted } from '../shared/request-lifetime.js';
import { TransportObservers } from '../shared/transport-observer.js';
import { unknownFieldWarnings } from '../shared/unknown-fields.js';
import { warningsFor, warningsHeader, warningsHeaderValue } from '../shared/warnings.js';
import { Uploads } from '../shared/uploads.js';
import { sendEvents } from '../shared/server-sent-events.js';
import type { ResponseFormat } from './dto/transcription-fields.dto.js';
import { TranscriptionFields } from './dto/transcription-fields.dto.js';
import { readForm } from './multipart-form.js';
import { presentEvents, presentTranscript } from './transcription.presenter.js';
import { DocumentTranscriptions } from './transcriptions.openapi.js';

/** OpenAI's transcription API. */
@Controller('v1/audio')
@UseGuards(ApiKeyGuard, AdmissionGuard)
export class TranscriptionsController {
  constructor(
    private readonly transcriber: RecordingTranscriber,
    private readonly recognizer: Recognizer,
    private readonly uploads: Uploads,
    private readonly observers: TransportObservers,
  ) {}

  @Post('transcriptions')
  @HttpCode(200)
  @DocumentTranscriptions()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = signalOf(request.raw);
    const { origin } = contextOf(request.raw);
    const form = await untilAborted(readForm(request, reply.raw, this.uploads), signal);
    const fields = await validated(TranscriptionFields, form.fields);
    const format = supportedFormat(fields);
    const model = this.recognizer.resolveModel(fields.model);
    const languages = [fields.language ?? [], fields.languages ?? []].flat();
    const instructions = instructionsFor(model, { languages, prompt: fields.prompt });
    const transcription = await this.transcriber.open(form.file, { model, instructions, origin }, signal);
    const warnings = async (): Promise<readonly Warning[]> =>
      warningsFor(
        [
          ...unknownFieldWarnings(Object.keys(form.fields), TranscriptionFields),
          ...(await transcription.warnings()),
        ],
        origin,
        this.observers,
      );
    if (fields.stream === true) {
      await sendEvents(reply, presentEvents(transcription, fields, warnings), signal, (error) =>
        openaiErrors.body(errorAnswer(toSpeechError(error), request.id)),
      );
      return;
    }
    const transcript = await transcription.transcript();
    const given = await warnings();
    if (given.length > 0) void reply.header(warningsHeader, warningsHeaderValue(given));
    const body = presentTranscript(transcript, format, fields, given);
    await reply.status(200).type(body.contentType).send(body.text);
  }
}

/** @throws SpeechError UNSUPPORTED_FEATURE for features of the API that the service does not have */
function supportedFormat(fields: TranscriptionFields): Exclude<ResponseFormat, 'diarized_json'> {
  const format = fields.response_format ?? 'json';
  const named = [...(fields.known_speaker_names ?? []), ...(fields.known_speaker_references ?? [])];
  if (format === 'diarized_json' || named.length > 0) {
    throw unsupported(
      'Speakers are not told apart.',
      format === 'diarized_json' ? 'response_format' : 'known_speaker_names',
    );
  }
  if (fields.stream === true && format !== 'json' && format !== 'text') {
    throw unsupported(`stream=true goes with json and text, not with ${format}.`, 'stream');
  }
  return format;
}

function unsupported(message: string, param: string): SpeechError {
  return new SpeechError('UNSUPPORTED_FEATURE', message, { param });
}

import type { Origin } from '../../common/origin.js';
import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { pieceBytes } from '../../recognition/recordings/recording-bytes.js';
import type { ServedModel } from '../../recognition/recognition.types.js';
import type { Task } from '../../speech-model/capabilities.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import { RecordingTranscriber } from '../../transcripts/recording-transcriber.js';
import type {
  RecordingTranscription,
  TranscriptionRequest,
} from '../../transcripts/recording-transcriber.js';
import { openaiErrors } from '../openai/openai-error.js';
import { errorAnswer, toSpeechError } from '../shared/error-answer.js';
import { validated } from '../shared/fields.pipe.js';
import { instructionsFor } from '../shared/instructions.js';
import { chooseModel } from '../shared/model-choice.js';
import { contextOf, signalOf } from '../shared/request-context.js';
import { untilAborted } from '../shared/request-lifetime.js';
import { TransportObservers } from '../shared/transport-observer.js';
import { unknownFieldWarnings } from '../shared/unknown-fields.js';
import { modelHeader, modelHeaderValue } from '../shared/answer-headers.js';
import { warningsFor, warningsHeader, warningsHeaderValue } from '../shared/warnings.js';
import { whileArriving } from '../shared/upload.js';
import { Uploads } from '../shared/uploads.js';
import { sendEvents } from '../shared/server-sent-events.js';
import type { ResponseFormat } from './dto/transcription-fields.dto.js';
import type { TranscriptionFields } from './dto/transcription-fields.dto.js';
import { ArrivingForm } from './multipart-form.js';
import { presentEvents, presentTranscript } from './transcription.presenter.js';

/** An endpoint that takes a recording in a form. */
export interface FormEndpoint {
  readonly task: Task;
  /** The fields that it takes; those of the other endpoints are not given then. */
  readonly fields: Type<TranscriptionFields>;
}

/** Answers forms with a recording: with its text, or its translation. */
@Injectable()
export class FormAnswers {
  constructor(
    private readonly transcriber: RecordingTranscriber,
    private readonly recognizer: Recognizer,
    private readonly uploads: Uploads,
    private readonly observers: TransportObservers,
  ) {}

  /** Receives the form, and sends the answer. @throws SpeechError */
  async answer(endpoint: FormEndpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const signal = signalOf(request.raw);
    const { origin, recording: accepted } = contextOf(request.raw);
    const form = new ArrivingForm(request, reply.raw, this.uploads);
    accepted?.follow(form.recording);
    const given = { origin, onSegment: () => accepted?.segmentDecoded() };
    const early = await this.decodeWhileArriving(endpoint, form, given, signal);
    const complete = untilAborted(form.complete, signal);
    await (accepted?.awaitClient(complete) ?? complete);
    const fields = await validated(endpoint.fields, form.fields);
    const format = supportedFormat(fields);
    const asked = this.askedOf(endpoint, fields, origin);
    void reply.header(modelHeader, modelHeaderValue(asked.model));
    const transcription =
      early ?? (await this.transcriber.open(form.recording, { ...asked, ...given }, signal));
    const warnings = async (): Promise<readonly Warning[]> =>
      warningsFor(
        [
          ...unknownFieldWarnings(Object.keys(form.fields), endpoint.fields),
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
    const found = await warnings();
    if (found.length > 0) void reply.header(warningsHeader, warningsHeaderValue(found));
    const body = presentTranscript(transcript, format, { ...fields, task: endpoint.task }, found);
    await reply.status(200).type(body.contentType).send(body.text);
  }

  /**
   * Decodes a recording that is longer than a piece while its form arrives, if no field that may follow can change what is
   * decoded. Other recordings are held until their form is complete.
   */
  private async decodeWhileArriving(
    endpoint: FormEndpoint,
    form: ArrivingForm,
    given: Pick<TranscriptionRequest, 'origin' | 'onSegment'>,
    signal: AbortSignal,
  ): Promise<RecordingTranscription | undefined> {
    const { recording } = form;
    await recording.moreThan(pieceBytes, signal);
    if (recording.hasEnded) return undefined;
    return whileArriving(recording, async () => {
      const fields = await validated(endpoint.fields, form.fields);
      const isModelKnown = fields.model !== undefined || this.recognizer.models.length === 1;
      const asked = isModelKnown ? this.askedOf(endpoint, fields, given.origin) : undefined;
      if (asked === undefined || takesInstructions(asked.model)) {
        await recording.complete(signal);
        return undefined;
      }
      const transcription = await this.transcriber.open(recording, { ...asked, ...given }, signal);
      // A client that sends its form before it reads would never read events that come earlier.
      await transcription.decodeUntil(form.complete);
      return transcription;
    });
  }

  /** @throws SpeechError MODEL_NOT_FOUND, UNSUPPORTED_FEATURE */
  private askedOf(
    { task }: FormEndpoint,
    { model: name, language, languages, prompt }: TranscriptionFields,
    origin: Origin | undefined,
  ): Asked {
    const all = [language ?? [], languages ?? []].flat();
    const model = chooseModel(this.recognizer, { name, languages: all, task, origin });
    return { model, instructions: instructionsFor(model, { languages: all, prompt, task }) };
  }
}

interface Asked {
  readonly model: ServedModel;
  readonly instructions: Instructions | undefined;
}

/** Whether a field besides `model` can change what the model decodes. */
function takesInstructions({ languages, capabilities }: ServedModel): boolean {
  return languages.length > 1 || capabilities.prompt;
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

import { createHash } from 'node:crypto';
import { Controller, HttpCode, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { RecordingTranscriber } from '../../transcripts/recording-transcriber.js';
import type { TranscriptionRequest } from '../../transcripts/recording-transcriber.js';
import type { Transcript } from '../../transcripts/transcript.js';
import { AdmissionGuard } from '../shared/admission.guard.js';
import { ApiKeyGuard } from '../shared/api-key.guard.js';
import { refuseEncodedBody } from '../shared/content-encoding.js';
import { asksFor } from '../shared/given-fields.js';
import { validated } from '../shared/fields.pipe.js';
import { modelHeader, modelHeaderValue } from '../shared/answer-headers.js';
import { contextOf, signalOf } from '../shared/request-context.js';
import { uuidFor } from '../shared/request-id.js';
import { clientGone, untilAborted } from '../shared/request-lifetime.js';
import { TransportObservers } from '../shared/transport-observer.js';
import { unknownFieldWarnings } from '../shared/unknown-fields.js';
import { warningsFor } from '../shared/warnings.js';
import type { ArrivingUpload } from '../shared/arriving-upload.js';
import { receiveUpload, whileArriving } from '../shared/upload.js';
import { Uploads } from '../shared/uploads.js';
import { declaredFormat } from './declared-format.js';
import { askedConvention } from './asked-convention.js';
import { askedModel } from './asked-model.js';
import { ListenQuery } from './listen-query.dto.js';
import { DocumentListen } from './listen.openapi.js';
import { presentListen } from './listen.presenter.js';
import { RemoteBody } from './remote/remote-body.js';
import { refuseUnsupported, withoutEffect } from './unsupported-features.js';

/** Deepgram's API for recordings. The format is detected: Deepgram's client declares every body as octet-stream. */
@Controller('v1')
@UseGuards(ApiKeyGuard, AdmissionGuard)
export class ListenController {
  constructor(
    private readonly transcriber: RecordingTranscriber,
    private readonly recognizer: Recognizer,
    private readonly uploads: Uploads,
    private readonly observers: TransportObservers,
    private readonly remote: RemoteBody,
  ) {}

  @Post('listen')
  @HttpCode(200)
  @DocumentListen()
  async listen(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() given: Record<string, unknown>,
  ): Promise<object> {
    const created = new Date();
    const requestId = uuidFor(request.raw, request.id);
    void reply.header('dg-request-id', requestId);
    const signal = signalOf(request.raw);
    refuseEncodedBody(request.headers);
    const mediaType = mediaTypeOf(request.headers['content-type']);
    refuseForm(mediaType);
    const isRemote = mediaType === 'application/json';
    if (isRemote) this.remote.requireEnabled();
    refuseUnsupported(given);
    const query = await validated(ListenQuery, given);
    const declared = declaredFormat(query);
    const { origin, recording: accepted } = contextOf(request.raw);
    const { model, instructions } = askedModel(this.recognizer, query, origin);
    void reply.header(modelHeader, modelHeaderValue(model));
    const detectsLanguage = asksFor(query.detect_language);
    const { message, brokenOff } = isRemote
      ? await untilAborted(this.remote.open(request.raw, reply.raw, signal), signal)
      : { message: request.raw, brokenOff: clientGone };
    const multichannel = query.multichannel === true;
    const { recording } = this.uploads.begin(message, reply.raw);
    // Hashed as it comes: at once, a large upload would hold up everybody else.
    const hash = createHash('sha256');
    const arrival = receiveUpload(message, recording, brokenOff, (chunk) => hash.update(chunk));
    // The upload fails with it.
    arrival.catch(() => undefined);
    accepted?.follow(recording);
    const onSegment = (): void => accepted?.segmentDecoded();
    const { transcripts, warnings } = await whileArriving(recording, () =>
      this.transcripts(recording, { model, instructions, declared, origin, onSegment }, multichannel, signal),
    );
    return presentListen({
      requestId,
      sha256: hash.digest('hex'),
      created,
      model,
      transcripts,
      warnings: warningsFor(
        [...unknownFieldWarnings(Object.keys(given), ListenQuery, withoutEffect), ...warnings],
        origin,
        this.observers,
      ),
      utterances: query.utterances === true,
      paragraphs: query.paragraphs === true || query.smart_format === true,
      detectsLanguage,
      convention: askedConvention(query),
    });
  }

  private async transcripts(
    bytes: ArrivingUpload,
    request: TranscriptionRequest,
    multichannel: boolean,
    signal: AbortSignal,
  ): Promise<{ transcripts: Transcript[]; warnings: Warning[] }> {
    const ended = new AbortController();
    const all = AbortSignal.any([signal, ended.signal]);
    const transcriptions = multichannel
      ? await this.transcriber.openChannels(bytes, request, all)
      : [await this.transcriber.open(bytes, request, all)];
    try {
      const transcripts = await Promise.all(transcriptions.map((each) => each.transcript()));
      const warnings = await Promise.all(transcriptions.map((each) => each.warnings()));
      return { transcripts, warnings: warnings.flat() };
    } catch (error) {
      // The other channels end, too.
      ended.abort(error);
      throw error;
    }
  }
}

function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** @throws SpeechError UNSUPPORTED_MEDIA_TYPE */
function refuseForm(mediaType: string): void {
  if (mediaType === 'multipart/form-data') {
    throw new SpeechError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the bytes of the recording as the body itself, not as a form.',
    );
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { Configuration } from '../../../config/configuration.js';
import { JsonBodies } from '../../shared/json-bodies.js';
import { watchRate } from '../../shared/upload-rate.js';
import { RemoteAccess } from './remote-access.js';
import { openRemoteRecording } from './remote-recording.js';
import { remoteError } from './remote-url.js';

/** The recording of a request: the body itself, or what the URL in it leads to. */
export interface RecordingSource {
  /** Its body is the recording. */
  readonly message: IncomingMessage;
  /** The error to answer with if the body breaks off. */
  readonly brokenOff: (cause: unknown) => SpeechError;
}

/** Takes `{"url":"https://…"}` in the place of a recording, where the operator allows it. */
@Injectable()
export class RemoteBody {
  private readonly isEnabled: boolean;

  constructor(
    configuration: Configuration,
    private readonly access: RemoteAccess,
    private readonly bodies: JsonBodies,
  ) {
    this.isEnabled = configuration.get('URL_INPUT');
  }

  /** @throws SpeechError UNSUPPORTED_FEATURE */
  requireEnabled(): void {
    if (this.isEnabled) return;
    throw new SpeechError(
      'UNSUPPORTED_FEATURE',
      'A recording behind a URL is not fetched by this service (URL_INPUT=true turns it on). Send its bytes as the body.',
      { param: 'url' },
    );
  }

  /**
   * @param signal of the request: it ends the connection, also when the request is answered
   * @throws SpeechError INVALID_REQUEST, INVALID_FIELD, BODY_TOO_LARGE, MEMORY_FULL, REMOTE_CONTENT_ERROR
   */
  async open(
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<RecordingSource> {
    const url = readUrl(await this.bodies.readWithin(request, response, signal));
    const message = await openRemoteRecording(url, this.access, signal);
    let isSlow = false;
    const endWatch = watchRate(message, () => {
      isSlow = true;
      message.destroy(new Error('too slow'));
    });
    message.once('close', endWatch);
    return {
      message,
      brokenOff: () => remoteError(isSlow ? 'it arrives too slowly' : 'its server broke off the connection'),
    };
  }
}

/** @throws SpeechError INVALID_FIELD */
function readUrl({ url }: Record<string, unknown>): string {
  if (typeof url === 'string') return url;
  throw new SpeechError('INVALID_FIELD', 'A body of JSON must be {"url": "https://…"}.', { param: 'url' });
}

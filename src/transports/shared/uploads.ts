import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { HeldBytes } from './held-bytes.js';
import type { HeldUpload } from './held-bytes.js';
import { ArrivingUpload } from './arriving-upload.js';
import { announcedBytes } from './upload.js';

/** The body of one request, which is about to be read. */
export interface Upload {
  /** Counts bytes that are kept elsewhere, such as the fields of a form. */
  readonly held: HeldUpload;
  /** For the bytes of the recording. Its memory is freed when the request has ended. */
  readonly recording: ArrivingUpload;
}

/** A few megabytes of any upload are held while it is recognized. */
const admittedBytes = 8_388_608;

/** Admits the bodies of requests with a recording. */
@Injectable()
export class Uploads {
  /** The largest recording. */
  readonly limitBytes: number;

  constructor(
    configuration: Configuration,
    private readonly heldBytes: HeldBytes,
  ) {
    this.limitBytes = configuration.get('MAX_UPLOAD_BYTES');
  }

  /**
   * Admits a body after everything else was checked, and only then lets a client send it that waits for
   * `100 Continue`. When the response closes, all bytes are given back.
   * @param limitBytes the largest recording here
   * @param overheadBytes room for what is in the body besides the recording
   * @param isKept all bytes have to be held until the end
   * @throws SpeechError BODY_TOO_LARGE, MEMORY_FULL
   */
  begin(
    request: IncomingMessage,
    response: ServerResponse,
    { limitBytes = this.limitBytes, overheadBytes = 0, isKept = false } = {},
  ): Upload {
    const announced = announcedBytes(request, limitBytes + overheadBytes);
    const held = this.heldBytes.openUpload(isKept ? announced : Math.min(announced ?? 0, admittedBytes));
    const leastBytes = Math.max(0, (announced ?? 0) - overheadBytes);
    const recording = new ArrivingUpload(held, { limitBytes, leastBytes });
    if (isKept) recording.keep();
    response.once('close', () => {
      held.release();
      recording.free();
    });
    if (response.destroyed) held.release();
    else if (request.headers.expect !== undefined && request.httpVersion !== '1.0') response.writeContinue();
    return { held, recording };
  }
}

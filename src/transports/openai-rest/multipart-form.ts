import type { ServerResponse } from 'node:http';
import '@fastify/multipart';
import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { ArrivingUpload } from '../shared/arriving-upload.js';
import { refuseEncodedBody } from '../shared/content-encoding.js';
import { receiveUpload } from '../shared/upload.js';
import type { Upload, Uploads } from '../shared/uploads.js';
import { FieldTime } from './field-time.js';

/** Room for boundaries, part headers and text fields beside the file itself. */
const formOverheadBytes = 1_048_576;
const maxFields = 200;
const maxFieldBytes = 65_536;
/**
 * More than comes from a socket at once. The parser does not end if it waits for room in a part without a name, which it
 * skips, when the end of the form has come already.
 */
const partBufferBytes = 131_072;

/** By name, without brackets; several values of one name are a list. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

/** A form while it arrives, with its parts in any order (OpenAI's client for Node sends the file first, that for Python last). */
export class ArrivingForm {
  /** The bytes of the part named `file`. Its file name and media type are not looked at: the content decides. */
  readonly recording: ArrivingUpload;
  /** Ends with the form. @throws SpeechError BODY_TOO_LARGE, MEMORY_FULL, FILE_MISSING, INVALID_REQUEST, INVALID_FIELD, REQUEST_TIMEOUT, CANCELLED */
  readonly complete: Promise<void>;
  private readonly values = new Map<string, string[]>();
  private fieldBytes = 0;
  private hasFile = false;

  /** @throws SpeechError UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_FEATURE, BODY_TOO_LARGE, MEMORY_FULL */
  constructor(
    private readonly request: FastifyRequest,
    response: ServerResponse,
    private readonly uploads: Uploads,
  ) {
    refuseEncodedBody(request.headers);
    if (!request.isMultipart()) {
      throw new SpeechError(
        'UNSUPPORTED_MEDIA_TYPE',
        'Send the recording as multipart/form-data, in a part named "file".',
      );
    }
    const upload = uploads.begin(request.raw, response, { overheadBytes: formOverheadBytes });
    this.recording = upload.recording;
    this.complete = this.receive(upload);
    this.complete.catch((error: Error) => this.recording.fail(error));
  }

  /** The fields so far. */
  get fields(): FormFields {
    return Object.fromEntries(
      [...this.values].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
    );
  }

  private async receive(upload: Upload): Promise<void> {
    const time = new FieldTime();
    try {
      await Promise.race([time.over, this.receiveParts(upload, time)]);
    } catch (error) {
      throw this.toError(error);
    } finally {
      time.end();
    }
    if (!this.hasFile) throw fileMissing(this.values.has('file'));
  }

  private async receiveParts({ held }: Upload, time: FieldTime): Promise<void> {
    for await (const part of this.request.parts(parserOptions(this.uploads.limitBytes))) {
      if (part.type === 'file') await time.without(this.receiveFile(part));
      else held.reserve(this.addField(part));
    }
  }

  private async receiveFile({ fieldname, file }: Extract<Multipart, { type: 'file' }>): Promise<void> {
    if (this.hasFile) throw new SpeechError('INVALID_REQUEST', 'The form has more than one file.');
    if (fieldname !== 'file') {
      throw new SpeechError('FILE_MISSING', 'The form has a file, but not in a part named "file".', {
        param: 'file',
      });
    }
    this.hasFile = true;
    await receiveUpload(file, this.recording, (error) => this.toError(error));
  }

  /** @returns the size of the field in bytes, about. `include[]` and `include` are one field; of `chunking_strategy[type]` the name before the bracket counts. */
  private addField(part: Extract<Multipart, { type: 'field' }>): number {
    const name = part.fieldname.replace(/\[.*$/s, '');
    // A recording that came as text, whatever its length.
    if (part.valueTruncated === true && name === 'file') throw fileMissing(true);
    if (part.valueTruncated === true) {
      throw new SpeechError('INVALID_FIELD', `A value is longer than ${maxFieldBytes} bytes.`, {
        param: name,
      });
    }
    const value = typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
    const values = this.values.get(name);
    if (values === undefined) this.values.set(name, [value]);
    else values.push(value);
    const bytes = part.fieldname.length + value.length;
    this.fieldBytes += bytes;
    if (this.fieldBytes > formOverheadBytes) {
      throw new SpeechError(
        'BODY_TOO_LARGE',
        `The fields of the form have more than ${formOverheadBytes} bytes.`,
      );
    }
    return bytes;
  }

  private toError(error: unknown): SpeechError {
    if (error instanceof SpeechError) return error;
    const { raw } = this.request;
    if (raw.destroyed && !raw.complete) {
      return new SpeechError('CANCELLED', 'The client closed the connection.', { cause: error });
    }
    return new SpeechError('INVALID_REQUEST', 'The multipart form is malformed or incomplete.', {
      cause: error,
    });
  }
}

function parserOptions(limitBytes: number): object {
  return {
    fileHwm: partBufferBytes,
    limits: {
      // One more than the upload accepts, so that the upload refuses it.
      fileSize: limitBytes + 1,
      files: 2,
      fields: maxFields,
      fieldSize: maxFieldBytes,
      parts: maxFields + 2,
    },
  };
}

function fileMissing(cameAsText: boolean): SpeechError {
  const hint = cameAsText
    ? ' The part "file" came as text, without a file name: add filename="speech.wav" to it.'
    : '';
  return new SpeechError('FILE_MISSING', `The form has no file in a part named "file".${hint}`, {
    param: 'file',
  });
}

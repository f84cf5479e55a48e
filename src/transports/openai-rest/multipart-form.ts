import type { ServerResponse } from 'node:http';
import '@fastify/multipart';
import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import { refuseEncodedBody } from '../shared/content-encoding.js';
import { readUpload } from '../shared/upload.js';
import type { UploadBuffer } from '../shared/upload.js';
import type { Uploads } from '../shared/uploads.js';

/** Room for boundaries, part headers and text fields beside the file itself. */
const formOverheadBytes = 1_048_576;
const maxFields = 200;
const maxFieldBytes = 65_536;

export interface MultipartForm {
  /** By name, without brackets; several values of one name are a list. */
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  /** The bytes of the part named `file`. Its file name and media type are not looked at: the content decides. */
  readonly file: Uint8Array;
}

/**
 * Reads a form with its parts in any order (OpenAI's client sends the file first).
 * @throws SpeechError UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, MEMORY_FULL, FILE_MISSING, INVALID_REQUEST, INVALID_FIELD,
 *   CANCELLED
 */
export async function readForm(
  request: FastifyRequest,
  response: ServerResponse,
  uploads: Uploads,
): Promise<MultipartForm> {
  refuseEncodedBody(request.headers);
  if (!request.isMultipart()) {
    throw new SpeechError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the recording as multipart/form-data, in a part named "file".',
    );
  }
  const { buffer, held } = uploads.begin(request.raw, response, {
    overheadBytes: formOverheadBytes,
  });
  const fields = new Map<string, string[]>();
  let fieldBytes = 0;
  let file: Uint8Array | undefined;
  try {
    for await (const part of request.parts({ limits: limitsFor(uploads.limitBytes) })) {
      if (part.type === 'file') {
        if (file !== undefined) throw new SpeechError('INVALID_REQUEST', 'The form has more than one file.');
        file = await readFile(part.fieldname, part.file, buffer);
      } else {
        const bytes = addField(fields, part);
        fieldBytes += bytes;
        if (fieldBytes > formOverheadBytes) {
          throw new SpeechError(
            'BODY_TOO_LARGE',
            `The fields of the form have more than ${formOverheadBytes} bytes.`,
          );
        }
        held.reserve(bytes);
      }
    }
  } catch (error) {
    throw error instanceof SpeechError ? error : formError(error, request);
  }
  if (file === undefined) {
    throw fileMissing(fields.has('file'));
  }
  return {
    fields: Object.fromEntries(
      [...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
    ),
    file,
  };
}

function limitsFor(limitBytes: number): object {
  return {
    // One more than the buffer accepts, so that the buffer refuses it.
    fileSize: limitBytes + 1,
    files: 2,
    fields: maxFields,
    fieldSize: maxFieldBytes,
    parts: maxFields + 2,
  };
}

async function readFile(
  name: string,
  source: Parameters<typeof readUpload>[0],
  buffer: UploadBuffer,
): Promise<Uint8Array> {
  if (name !== 'file') {
    throw new SpeechError('FILE_MISSING', 'The form has a file, but not in a part named "file".', {
      param: 'file',
    });
  }
  await readUpload(source, buffer);
  return buffer.bytes();
}

/** @returns the size of the field in bytes, about. `include[]` and `include` are one field; of `chunking_strategy[type]` the name before the bracket counts. */
function addField(fields: Map<string, string[]>, part: Extract<Multipart, { type: 'field' }>): number {
  const name = part.fieldname.replace(/\[.*$/s, '');
  // A recording that came as text, whatever its length.
  if (part.valueTruncated === true && name === 'file') throw fileMissing(true);
  if (part.valueTruncated === true) {
    throw new SpeechError('INVALID_FIELD', `A value is longer than ${maxFieldBytes} bytes.`, { param: name });
  }
  const value = typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
  const values = fields.get(name);
  if (values === undefined) fields.set(name, [value]);
  else values.push(value);
  return part.fieldname.length + value.length;
}

function fileMissing(cameAsText: boolean): SpeechError {
  const hint = cameAsText
    ? ' The part "file" came as text, without a file name: add filename="speech.wav" to it.'
    : '';
  return new SpeechError('FILE_MISSING', `The form has no file in a part named "file".${hint}`, {
    param: 'file',
  });
}

function formError(error: unknown, request: FastifyRequest): SpeechError {
  if (request.raw.destroyed && !request.raw.complete) {
    return new SpeechError('CANCELLED', 'The client closed the connection.', { cause: error });
  }
  return new SpeechError('INVALID_REQUEST', 'The multipart form is malformed or incomplete.', {
    cause: error,
  });
}

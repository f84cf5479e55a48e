import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** A schema of the OpenAPI document; swagger does not export its own name for it. */
export type SchemaObject = Exclude<Schemas[string], { $ref: string }>;

/** Description of the body or field with the recording. docs/api/formats.md has the details. */
export const acceptedRecording =
  'The recording: WAV, AIFF, AU, CAF, Wave64, SPHERE, FLAC, MP3, Ogg (Opus, Vorbis or FLAC), WebM or Matroska (Opus), detected from its first bytes.';

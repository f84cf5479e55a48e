import { PickType } from '@nestjs/swagger';
import { TranscriptionFields } from './transcription-fields.dto.js';

/** The text fields of OpenAI's form for translations into English. */
export class TranslationFields extends PickType(TranscriptionFields, [
  'model',
  'prompt',
  'response_format',
  'temperature',
] as const) {}

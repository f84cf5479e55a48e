import { PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import type { TransformFnParams } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { SpeechError } from '../../common/errors/speech-error.js';
import { validatedNow } from '../shared/fields.pipe.js';
import { asBoolean, asNumber } from '../shared/given-fields.js';
import { ListenQuery } from './listen-query.dto.js';

const maxMs = 60_000;

/** The query of Deepgram's WebSocket, as far as it has an effect. */
export class ListenLiveQuery extends PickType(ListenQuery, [
  'model',
  'language',
  'detect_language',
  'encoding',
  'sample_rate',
  'channels',
  'multichannel',
  'filler_words',
  'numerals',
  'punctuate',
  'profanity_filter',
] as const) {
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'interim_results must be true or false' })
  interim_results?: boolean;

  /** Milliseconds of silence; `true` is the same as leaving it out. */
  @Transform(asSilence)
  @ValidateIf(({ endpointing }: ListenLiveQuery) => endpointing !== undefined && endpointing !== false)
  @Max(maxMs, { message: `endpointing must not be above ${maxMs} ms` })
  @Min(0, { message: 'endpointing must not be negative' })
  @IsInt({ message: 'endpointing must be false or a whole number of ms' })
  endpointing?: number | false;

  @IsOptional()
  @Transform(asNumber)
  @Max(maxMs, { message: `utterance_end_ms must not be above ${maxMs} ms` })
  @Min(1_000, { message: 'utterance_end_ms must be at least 1000' })
  @IsInt({ message: 'utterance_end_ms must be a whole number of ms' })
  utterance_end_ms?: number;

  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'vad_events must be true or false' })
  vad_events?: boolean;
}

function asSilence(params: TransformFnParams): unknown {
  const number = asNumber(params);
  // 0 and 1 are milliseconds here.
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  const answer = asBoolean(params);
  return answer === true ? undefined : answer;
}

/** @throws SpeechError INVALID_FIELD */
export function readListenLiveQuery(fields: Readonly<Record<string, unknown>>): ListenLiveQuery {
  const query = validatedNow(ListenLiveQuery, fields);
  if (query.utterance_end_ms !== undefined && query.interim_results !== true) {
    throw new SpeechError('INVALID_FIELD', 'utterance_end_ms needs interim_results=true beside it.', {
      param: 'utterance_end_ms',
    });
  }
  return query;
}

import { PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import type { TransformFnParams } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { SpeechError } from '../../common/errors/speech-error.js';
import { validatedNow } from '../shared/fields.pipe.js';
import { asBoolean, asNumber, ListenQuery } from './listen-query.dto.js';

const maxMs = 60_000;

/** The query of Deepgram's WebSocket, as far as it has an effect. */
export class ListenLiveQuery extends PickType(ListenQuery, [
  'model',
  'language',
  'encoding',
  'sample_rate',
  'channels',
  'multichannel',
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
  if (params.value === 'true') return undefined;
  return params.value === 'false' ? false : asNumber(params);
}

/** As the parsers of other queries give it: a name that is repeated has a list. */
export function fieldsOf(search: URLSearchParams): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of new Set(search.keys())) {
    // It would change the object instead of being in it.
    if (name === '__proto__') continue;
    const values = search.getAll(name);
    fields[name] = values.length === 1 ? values[0] : values;
  }
  return fields;
}

/** @throws SpeechError INVALID_FIELD */
export function readListenLiveQuery(fields: Readonly<Record<string, unknown>>): ListenLiveQuery {
  const query = validatedNow(ListenLiveQuery, fields);
  if (query.utterance_end_ms !== undefined && query.interim_results !== true) {
    throw new SpeechError('INVALID_FIELD', 'utterance_end_ms needs interim_results=true beside it', {
      param: 'utterance_end_ms',
    });
  }
  return query;
}

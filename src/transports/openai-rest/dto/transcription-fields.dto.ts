import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsNumber, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { asBoolean, asList, asNumber } from '../../shared/given-fields.js';

export const responseFormats = ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'] as const;
export type ResponseFormat = (typeof responseFormats)[number];
/** Speakers are not identified. */
const served = responseFormats.filter((format) => format !== 'diarized_json');

const granularities = ['segment', 'word'] as const;
const includes = ['logprobs'] as const;

/** The text fields of OpenAI's transcription form. Names that are not here are not looked at, as OpenAI does it. */
export class TranscriptionFields {
  @ApiPropertyOptional({
    description: 'Id of a model (see GET /v1/models), `default`, or an alias of the configuration.',
    example: 'default',
  })
  @IsOptional()
  @IsString({ message: 'model must be one text' })
  @MaxLength(200)
  model?: string;

  @ApiPropertyOptional({
    description:
      'Language of the recording, as `en`, `en-US` or `english`. One that the model does not know is refused.',
    example: 'en',
  })
  @IsOptional()
  @IsString({ message: 'language must be one text' })
  @MaxLength(64)
  language?: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'Languages that the recording may be in; one of them must be the model’s.',
  })
  @IsOptional()
  @Transform(asList)
  @IsString({ each: true })
  languages?: string[];

  @ApiPropertyOptional({
    description:
      'Text that precedes the audio: spelling of names, style. Without effect for a model that takes no prompt, as Moonshine.',
  })
  @IsOptional()
  @IsString({ message: 'prompt must be one text' })
  prompt?: string;

  @ApiPropertyOptional({ enum: responseFormats, default: 'json', description: '`diarized_json` is refused.' })
  @IsOptional()
  @IsIn(responseFormats, { message: `response_format must be one of ${served.join(', ')}` })
  response_format?: ResponseFormat;

  @ApiPropertyOptional({
    minimum: 0,
    maximum: 1,
    description: 'Taken and without effect: decoding is greedy.',
  })
  @IsOptional()
  @Transform(asNumber)
  @IsNumber({}, { message: 'temperature must be a number from 0 to 1' })
  @Min(0, { message: 'temperature must be a number from 0 to 1' })
  @Max(1, { message: 'temperature must be a number from 0 to 1' })
  temperature?: number;

  @ApiPropertyOptional({
    default: false,
    description: 'Answer with server-sent events, one for each segment. With `json` and `text` only.',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'stream must be true or false' })
  stream?: boolean;

  @ApiPropertyOptional({
    enum: granularities,
    isArray: true,
    description:
      'For `verbose_json`; `segment` if not given. Word times are an estimate: a segment’s words are spread over its time.',
  })
  @IsOptional()
  @Transform(asList)
  @IsIn(granularities, {
    each: true,
    message: `timestamp_granularities must be of ${granularities.join(', ')}`,
  })
  timestamp_granularities?: (typeof granularities)[number][];

  @ApiPropertyOptional({
    enum: includes,
    isArray: true,
    description: '`logprobs`: log-probability of each token, with `json` and in the events of `stream`.',
  })
  @IsOptional()
  @Transform(asList)
  @IsIn(includes, { each: true, message: `include must be of ${includes.join(', ')}` })
  include?: (typeof includes)[number][];

  @ApiPropertyOptional({
    description: 'Taken and without effect: recordings are always cut at their pauses.',
    type: String,
  })
  @IsOptional()
  chunking_strategy?: unknown;

  @ApiPropertyOptional({ type: [String], description: 'Taken and without effect: the model takes no hints.' })
  @IsOptional()
  @Transform(asList)
  @IsString({ each: true })
  keywords?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Refused: speakers are not told apart.' })
  @IsOptional()
  @Transform(asList)
  @IsString({ each: true })
  known_speaker_names?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Refused: speakers are not told apart.' })
  @IsOptional()
  @Transform(asList)
  known_speaker_references?: unknown[];
}

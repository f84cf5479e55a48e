import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import { asBoolean, asNumber } from '../shared/given-fields.js';

/** The query of Deepgram's POST /v1/listen, as far as it has an effect. */
export class ListenQuery {
  @ApiPropertyOptional({
    description: 'Id of a model (see GET /v1/models), `default`, or an alias of the configuration.',
    example: 'default',
  })
  @IsOptional()
  @IsString({ message: 'model must be one text' })
  @MaxLength(200)
  model?: string;

  @ApiPropertyOptional({ description: 'One that the model does not know is refused.', example: 'en' })
  @IsOptional()
  @IsString({ message: 'language must be one text' })
  @MaxLength(64)
  language?: string;

  @ApiPropertyOptional({
    description:
      'For raw samples only, together with sample_rate: linear16, linear32 (signed, little-endian), mulaw, alaw, g722. Containers say it themselves; flac, mp3 and ogg-opus are the same as none.',
    example: 'linear16',
  })
  @IsOptional()
  @IsString({ message: 'encoding must be one text' })
  encoding?: string;

  @ApiPropertyOptional({ type: Number, description: 'Hz, of raw samples.', example: 16000 })
  @IsOptional()
  @Transform(asNumber)
  @IsInt({ message: 'sample_rate must be a whole number of Hz' })
  sample_rate?: number;

  @ApiPropertyOptional({ type: Number, description: 'Channels of raw samples, interleaved.', default: 1 })
  @IsOptional()
  @Transform(asNumber)
  @IsInt({ message: 'channels must be a whole number' })
  channels?: number;

  @ApiPropertyOptional({
    default: false,
    description: 'One result for each channel instead of one for their mix.',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'multichannel must be true or false' })
  multichannel?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'Add `utterances`: one for each piece between pauses.',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'utterances must be true or false' })
  utterances?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'Add `paragraphs` to each alternative: sentences by their punctuation, parted at pauses.',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'paragraphs must be true or false' })
  paragraphs?: boolean;

  @ApiPropertyOptional({ default: false, description: 'The same as `paragraphs`.' })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'smart_format must be true or false' })
  smart_format?: boolean;

  @ApiPropertyOptional({
    type: String,
    description:
      '`true`, or languages among which the model chooses: `detected_language` names the one that it hears, and `language_confidence` its probability.',
  })
  @IsOptional()
  detect_language?: unknown;

  @ApiPropertyOptional({
    description:
      '`false`: without um, uh, er, erm and hmm, in English. `true`, or nothing: as the model writes them.',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'filler_words must be true or false' })
  filler_words?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'Numbers in digits, in English: "twenty two" is "22".',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'numerals must be true or false' })
  numerals?: boolean;

  @ApiPropertyOptional({
    default: true,
    description: '`false`: in small letters and without punctuation, `punctuated_word` included.',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'punctuate must be true or false' })
  punctuate?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'Asterisks in the place of profane words, in English.',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'profanity_filter must be true or false' })
  profanity_filter?: boolean;
}

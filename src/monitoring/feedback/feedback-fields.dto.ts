import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength, ValidateIf } from 'class-validator';
import { feedbackOutcomes } from './feedback.service.js';
import type { FeedbackOutcome } from './feedback.service.js';

/** The body of `POST /v1/feedback`. */
export class FeedbackFields {
  @ApiProperty({
    description: 'The header `x-request-id` of the answer, or of the handshake of a socket.',
    example: '6d5cbb8a-3c4e-4c5e-9d0b-6d1f5e9f7c11',
  })
  @IsString({ message: 'request_id must be the x-request-id of an answer' })
  @MaxLength(128)
  request_id!: string;

  @ApiProperty({
    example: 'corrected',
    enum: feedbackOutcomes,
    description:
      'accepted: the user took the text. corrected: the user changed it. abandoned: the user gave up. typed: the user typed in place of speaking again.',
  })
  @IsIn(feedbackOutcomes, { message: `outcome must be one of ${feedbackOutcomes.join(', ')}` })
  outcome!: FeedbackOutcome;

  @ApiPropertyOptional({
    description: 'What the user meant; with `corrected` or `typed`.',
    example: 'the weather in Bergen',
  })
  @IsOptional()
  @ValidateIf(({ corrected_text }: FeedbackFields) => corrected_text !== undefined)
  @IsString({ message: 'corrected_text must be a text' })
  @MaxLength(20_000)
  corrected_text?: string;
}

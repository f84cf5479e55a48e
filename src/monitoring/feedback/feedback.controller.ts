import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ApiKeyGuard } from '../../transports/shared/api-key.guard.js';
import { validated } from '../../transports/shared/fields.pipe.js';
import { JsonBodies } from '../../transports/shared/json-bodies.js';
import { keyOf } from '../../transports/shared/request-context.js';
import { FeedbackFields } from './feedback-fields.dto.js';
import { FeedbackService } from './feedback.service.js';

type Request = Parameters<JsonBodies['read']>[0];
type Reply = Parameters<JsonBodies['read']>[1];

/** What users did with the texts that they got. */
@ApiTags('Models')
@Controller('v1/feedback')
@UseGuards(ApiKeyGuard)
export class FeedbackController {
  constructor(
    private readonly feedback: FeedbackService,
    private readonly bodies: JsonBodies,
  ) {}

  @Post()
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'What a user did with the text of a request' })
  @ApiBody({ type: FeedbackFields })
  @ApiResponse({ status: 204, description: 'Counted.' })
  @ApiResponse({ status: 400, description: 'INVALID_REQUEST, INVALID_FIELD' })
  @ApiResponse({ status: 401, description: 'UNAUTHENTICATED, KEY_EXPIRED' })
  @ApiResponse({ status: 404, description: 'UTTERANCE_UNKNOWN' })
  async take(@Req() request: Request, @Res({ passthrough: true }) reply: Reply): Promise<void> {
    const given = await this.bodies.read(request, reply);
    const {
      request_id: requestId,
      outcome,
      corrected_text: correctedText,
    } = await validated(FeedbackFields, given);
    if (correctedText !== undefined && (outcome === 'accepted' || outcome === 'abandoned')) {
      throw new SpeechError('INVALID_FIELD', `corrected_text does not go with the outcome ${outcome}.`, {
        param: 'corrected_text',
      });
    }
    this.feedback.take({ requestId, outcome, correctedText }, keyOf(request.raw).name);
  }
}

import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { ApiKeyGuard } from '../shared/api-key.guard.js';
import { modelSchema, openaiErrorSchema } from './openai.schemas.js';

interface OpenaiModel {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

/** OpenAI's list of models: those that are loaded. */
@ApiTags('OpenAI')
@ApiSecurity('api-key')
@Controller('v1/models')
@UseGuards(ApiKeyGuard)
export class ModelsController {
  constructor(private readonly recognizer: Recognizer) {}

  @Get()
  @ApiOperation({ summary: 'The loaded models, the default first' })
  @ApiResponse({
    status: 200,
    schema: {
      type: 'object',
      required: ['object', 'data'],
      properties: { object: { type: 'string', enum: ['list'] }, data: { type: 'array', items: modelSchema } },
    },
  })
  @ApiResponse({ status: 401, description: 'UNAUTHENTICATED', schema: openaiErrorSchema })
  list(): { object: 'list'; data: OpenaiModel[] } {
    return { object: 'list', data: this.recognizer.models.map(openaiModel) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One model, by its id, `default` or an alias' })
  @ApiResponse({ status: 200, schema: modelSchema })
  @ApiResponse({ status: 401, description: 'UNAUTHENTICATED', schema: openaiErrorSchema })
  @ApiResponse({ status: 404, description: 'MODEL_NOT_FOUND', schema: openaiErrorSchema })
  one(@Param('id') id: string): OpenaiModel {
    return openaiModel(this.recognizer.resolveModel(id));
  }
}

function openaiModel(manifest: ModelManifest): OpenaiModel {
  // The API requires a time; a manifest has none, and a made-up one would be worse than the epoch.
  return { id: manifest.id, object: 'model', created: 0, owned_by: manifest.source.package };
}

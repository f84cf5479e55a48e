import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { ServedModel } from '../../recognition/recognition.types.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { ApiKeyGuard } from '../shared/api-key.guard.js';
import { modelSchema, openaiErrorSchema } from './openai.schemas.js';

interface OpenaiModel {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  /** The id of the model that an alias stands for. */
  readonly root: string;
  /** Not OpenAI's: of the graphs that run, `shipped` where those are not the ones made for serving. */
  readonly variant: string;
  /** Not OpenAI's: what clients may ask of the model. */
  readonly languages: readonly string[];
  readonly capabilities: {
    readonly translation: boolean;
    readonly prompt: boolean;
    readonly word_times: boolean;
    readonly streaming: boolean;
  };
  /** Not OpenAI's: why the model is slower than it could be; as a rule nothing. */
  readonly degradations: readonly string[];
}

/** OpenAI's list of models: those that are loaded, and each alias as a model of its own. */
@ApiTags('OpenAI')
@ApiSecurity('api-key')
@Controller('v1/models')
@UseGuards(ApiKeyGuard)
export class ModelsController {
  constructor(private readonly recognizer: Recognizer) {}

  @Get()
  @ApiOperation({ summary: 'The loaded models, the default first, and their aliases' })
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
    const { models, aliases } = this.recognizer;
    const named = [...aliases].map(([alias, id]) =>
      this.openaiModel(this.recognizer.resolveModel(id), alias),
    );
    return { object: 'list', data: [...models.map((manifest) => this.openaiModel(manifest)), ...named] };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One model, by its id, `default` or an alias' })
  @ApiResponse({ status: 200, schema: modelSchema })
  @ApiResponse({ status: 401, description: 'UNAUTHENTICATED', schema: openaiErrorSchema })
  @ApiResponse({ status: 404, description: 'MODEL_NOT_FOUND', schema: openaiErrorSchema })
  one(@Param('id') id: string): OpenaiModel {
    return this.openaiModel(this.recognizer.resolveModel(id));
  }

  private openaiModel({ id, source, languages, capabilities }: ServedModel, name: string = id): OpenaiModel {
    const { variant = 'shipped', degradations = [] } =
      this.recognizer.graphs.find(({ model }) => model === id) ?? {};
    // The API requires a time; a manifest has none, and a made-up one would be worse than the epoch.
    return {
      id: name,
      object: 'model',
      created: 0,
      owned_by: ownerOf(source),
      root: id,
      variant,
      languages,
      capabilities: {
        translation: capabilities.tasks.includes('translate'),
        prompt: capabilities.prompt,
        word_times: capabilities.wordTimes,
        streaming: capabilities.streaming,
      },
      degradations,
    };
  }
}

function ownerOf(source: ServedModel['source']): string {
  if ('package' in source) return source.package;
  return 'url' in source ? new URL(source.url).host : 'local';
}

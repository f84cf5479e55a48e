import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdmissionGuard } from '../shared/admission.guard.js';
import { ApiKeyGuard } from '../shared/api-key.guard.js';
import { TranscriptionFields } from './dto/transcription-fields.dto.js';
import { TranslationFields } from './dto/translation-fields.dto.js';
import { FormAnswers } from './form-answers.js';
import { DocumentTranscriptions, DocumentTranslations } from './transcriptions.openapi.js';

/** OpenAI's API for recordings. */
@Controller('v1/audio')
@UseGuards(ApiKeyGuard, AdmissionGuard)
export class TranscriptionsController {
  constructor(private readonly answers: FormAnswers) {}

  @Post('transcriptions')
  @HttpCode(200)
  @DocumentTranscriptions()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.answers.answer({ task: 'transcribe', fields: TranscriptionFields }, request, reply);
  }

  @Post('translations')
  @HttpCode(200)
  @DocumentTranslations()
  async translate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.answers.answer({ task: 'translate', fields: TranslationFields }, request, reply);
  }
}

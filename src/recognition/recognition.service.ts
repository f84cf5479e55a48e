import { Injectable } from '@nestjs/common';
import { SpeechError } from '../common/errors/speech-error.js';
import { Configuration } from '../config/configuration.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import { RecognitionEngine } from './recognition-engine.js';
import { RecordingRecognition } from './recording-recognition.js';
import type { RecognitionOptions, Segment } from './recognition.types.js';
import { Recognizer } from './recognizer.js';
import type { Readiness } from './recognizer.js';

/** The recognizer that transports get: names of models, and one recognition for each input. */
@Injectable()
export class RecognitionService extends Recognizer {
  constructor(
    private readonly engine: RecognitionEngine,
    private readonly configuration: Configuration,
  ) {
    super();
  }

  override get models(): readonly ModelManifest[] {
    return this.engine.models;
  }

  override resolveModel(name: string | undefined): ModelManifest {
    const aliases = this.configuration.get('MODEL_ALIASES');
    const wanted =
      name === undefined || name === 'default' ? this.models[0]?.id : (aliases.get(name) ?? name);
    const manifest = this.models.find(({ id }) => id === wanted);
    if (manifest !== undefined) return manifest;
    const names = ['default', ...this.models.map(({ id }) => id), ...aliases.keys()];
    throw new SpeechError(
      'MODEL_NOT_FOUND',
      `there is no model of that name; there are: ${names.join(', ')}`,
      {
        param: 'model',
      },
    );
  }

  override readiness(): Readiness {
    return this.engine.readiness();
  }

  override recognize(
    samples: AsyncIterable<Float32Array>,
    options: RecognitionOptions,
    signal: AbortSignal,
  ): AsyncIterable<Segment> {
    this.engine.scheduler.admit();
    const { configuration, engine } = this;
    return new RecordingRecognition(engine.scheduler, engine.detector, {
      modelId: options.modelId,
      threshold: configuration.get('VAD_THRESHOLD'),
      targetSegmentSeconds: configuration.get('SEGMENT_SECONDS'),
      paddingMs: configuration.get('SPEECH_PADDING_MS'),
      segmentsInFlight: configuration.get('SEGMENTS_IN_FLIGHT'),
    }).segments(samples, signal);
  }
}

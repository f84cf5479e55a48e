import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandLog } from './command-log.js';
import { ConfigModule } from '../config/config.module.js';
import type { ServedModel } from '../recognition/recognition.types.js';
import type { ModelGraphs } from '../inference/graphs-in-use.js';
import { SpeechWindows } from '../recognition/hearing/speech-windows.js';
import { RecognitionEngine } from '../recognition/recognition-engine.js';
import { Recognizer } from '../recognition/recognizer.js';
import { UtteranceListeners } from '../recognition/utterances/utterance-listeners.js';
import { RecordingTranscriber } from '../transcripts/recording-transcriber.js';
import { TranscriptsModule } from '../transcripts/transcripts.module.js';

/** The service without its transports. */
@Module({ imports: [ConfigModule, TranscriptsModule] })
class TranscriptionOnlyModule {}

export interface RecognitionContext {
  readonly transcriber: RecordingTranscriber;
  /** The model to use: the first that is loaded. */
  readonly model: ServedModel;
  /** Receive each utterance; to be added before the first one. */
  readonly listeners: UtteranceListeners;
  /** The graphs that the models run on at this moment. */
  graphs(): readonly ModelGraphs[];
  /** Of each window of 32 ms. @param samples 16 kHz mono, shape (samples), after gain */
  probabilitiesOfSpeech(samples: Float32Array): Promise<Float32Array>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Loads the models as the service does, runs `work` and ends the processes that it has started, also after Ctrl-C. */
export async function withRecognition(work: (context: RecognitionContext) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const application = await NestFactory.createApplicationContext(TranscriptionOnlyModule, {
    logger: new CommandLog(),
    abortOnError: false,
  });
  try {
    application.get(RecognitionEngine).graphs.reportOnce();
    await work({
      transcriber: application.get(RecordingTranscriber),
      model: application.get(Recognizer).resolveModel(undefined),
      listeners: application.get(UtteranceListeners),
      graphs: () => application.get(Recognizer).graphs,
      probabilitiesOfSpeech: async (samples) => {
        const stretch = new SpeechWindows().addSamples(samples);
        if (stretch === undefined) return new Float32Array(0);
        const { detector } = application.get(RecognitionEngine);
        return (await detector.detect(stretch, interruption.signal)).probabilities;
      },
      signal: interruption.signal,
    });
  } finally {
    await application.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

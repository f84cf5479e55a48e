import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Configuration } from '../../config/configuration.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { checkScope } from '../keys/api-keys.js';
import { KeyUsage } from '../keys/key-usage.js';
import { RecordingLoad } from './recording-load.js';
import { contextOf, keyOf } from './request-context.js';
import { openLifetime } from './request-lifetime.js';
import { RequestPlaces } from './request-places.js';
import { announcedLength } from './upload.js';

/** Admits a recording of a key that may send some: takes a place before the upload is read, so that a refused one costs no memory. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  constructor(
    private readonly places: RequestPlaces,
    private readonly load: RecordingLoad,
    private readonly usage: KeyUsage,
    private readonly recognizer: Recognizer,
    private readonly shutdown: ShutdownState,
    private readonly configuration: Configuration,
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const reply = execution.switchToHttp().getResponse<FastifyReply>();
    const response = reply.raw;
    if (this.shutdown.shuttingDown) throw new SpeechError('SHUTTING_DOWN', 'The service is shutting down.');
    const key = keyOf(request.raw);
    checkScope(key, 'transcribe');
    this.usage.checkAudio(key);
    this.recognizer.requireReady('recording');
    const context = contextOf(request.raw);
    this.places.requireOne(key.name);
    this.load.requireRoom(key.name, announcedLength(request.raw));
    const giveBack = this.places.take(key.name);
    const recording = this.load.add(key.name);
    context.recording = recording;
    const end = (): void => {
      giveBack();
      recording.end();
    };
    response.once('close', end);
    if (response.destroyed) end();
    context.signal = openLifetime(request.raw, response, {
      timeoutMs: this.configuration.get('REQUEST_TIMEOUT_MS'),
      shutdown: this.shutdown.signal,
    });
    return true;
  }
}

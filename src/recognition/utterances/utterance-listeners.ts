import { Injectable, Logger } from '@nestjs/common';
import type { Origin } from '../../common/origin.js';
import { UtteranceListener } from './utterance-listener.js';
import type { HeardUtterance } from './utterance-listener.js';

/**
 * All listeners to utterances; they add themselves in `onModuleInit`. Recognition calls this class. A listener that throws
 * harms neither recognition nor the other listeners.
 */
@Injectable()
export class UtteranceListeners extends UtteranceListener {
  private readonly logger = new Logger(UtteranceListeners.name);
  private readonly listeners: UtteranceListener[] = [];

  add(listener: UtteranceListener): void {
    this.listeners.push(listener);
  }

  override wantsAudio(origin: Origin | undefined): boolean {
    let wanted = false;
    this.call((listener) => (wanted = listener.wantsAudio(origin) || wanted));
    return wanted;
  }

  override utteranceHeard(utterance: HeardUtterance): void {
    this.call((listener) => listener.utteranceHeard(utterance));
  }

  private call(how: (listener: UtteranceListener) => void): void {
    for (const listener of this.listeners) {
      try {
        how(listener);
      } catch (error) {
        this.logger.error({
          msg: 'a listener to utterances failed',
          listener: listener.constructor.name,
          reason: (error as Error).name,
        });
      }
    }
  }
}

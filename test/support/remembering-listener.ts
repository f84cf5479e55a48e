import type { Origin } from '../../src/common/origin.js';
import { UtteranceListener } from '../../src/recognition/utterances/utterance-listener.js';
import type { HeardUtterance } from '../../src/recognition/utterances/utterance-listener.js';

/** Keeps all utterances. */
export class RememberingListener extends UtteranceListener {
  readonly utterances: HeardUtterance[] = [];

  constructor(private readonly audio = false) {
    super();
  }

  override wantsAudio(_origin: Origin | undefined): boolean {
    return this.audio;
  }

  override utteranceHeard(utterance: HeardUtterance): void {
    this.utterances.push(utterance);
  }
}

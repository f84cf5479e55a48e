import type { LanguageEvidence } from '../speech-model/capabilities.js';
import type { DetectedLanguage, Hypothesis } from '../speech-model/hypothesis.js';
import type { Instructions } from '../speech-model/offline-model.js';

/**
 * The language of one input, stream or recording. A model detects the language of each segment anew, and errs with short
 * ones; a talker rarely changes it. So the first segment with enough speech decides, and only strong evidence changes that.
 */
export class InputLanguage {
  private decided: string | undefined;
  /** Successive segments that speak strongly for another language. */
  private contrary: { readonly language: string; readonly times: number } | undefined;

  /**
   * @param evidence of the model; undefined: it detects no language
   * @param wishes of the client: nothing is decided on if it names the language, or expects several, nor in a trial
   */
  constructor(
    private readonly evidence: LanguageEvidence | undefined,
    private readonly wishes: Instructions | undefined,
  ) {}

  /** What the model is told with the next decode. */
  get instructions(): Instructions | undefined {
    return this.decided === undefined ? this.wishes : { ...this.wishes, language: this.decided };
  }

  /**
   * To be called for each final, in order.
   * @param seconds of speech
   * @returns whether the segment has to be decoded again, since it is in another language than the input
   */
  consider({ text, language, detected }: Hypothesis, seconds: number): boolean {
    const { evidence, wishes } = this;
    if (evidence === undefined || detected === undefined || text === '') return false;
    if (wishes?.language !== undefined || wishes?.mixedLanguages === true || wishes?.isTrial === true)
      return false;
    if (this.decided === undefined) this.decide(detected, seconds, evidence);
    else this.reconsider(this.decided, detected, seconds, evidence);
    return this.decided !== undefined && this.decided !== language;
  }

  private decide(
    { language, probability }: DetectedLanguage,
    seconds: number,
    evidence: LanguageEvidence,
  ): void {
    const { decideSeconds, decideAbove, decideAnywaySeconds } = evidence;
    const isCertain = seconds >= decideSeconds && probability > decideAbove;
    if (isCertain || seconds >= decideAnywaySeconds) this.decided = language;
  }

  /** Short and doubtful segments neither confirm nor change what was decided. */
  private reconsider(
    decided: string,
    { language, probability }: DetectedLanguage,
    seconds: number,
    { changeSeconds, changeAbove, changeTimes }: LanguageEvidence,
  ): void {
    if (seconds < changeSeconds || probability <= changeAbove) return;
    if (language === decided) {
      this.contrary = undefined;
      return;
    }
    const times = this.contrary?.language === language ? this.contrary.times + 1 : 1;
    this.contrary = { language, times };
    if (times < changeTimes) return;
    this.decided = language;
    this.contrary = undefined;
  }
}

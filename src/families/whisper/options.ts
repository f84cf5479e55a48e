import type { ModelFacts } from '../../speech-model/model-facts.js';
import type { Trial } from '../family.js';
import { silence as usual } from './capabilities.js';
import type { SparseSilence } from './heard-positions.js';

type Fields = Readonly<Record<string, unknown>>;

const windowSeconds = 30;
const mostStride = 64;

/** How much of the silence behind a clip a model hears: `options.silence` of its manifest, or what suits whisper-base. */
export function silenceOf({ options }: ModelFacts): SparseSilence {
  return (options?.['silence'] as SparseSilence | undefined) ?? usual;
}

/** `{"silence": {"marginSeconds": 0.5, "stride": 8}}`; a stride of 1 is the whole window. */
export function optionProblems({ silence, ...others }: Fields): string[] {
  const unknown = Object.keys(others).map((name) => `options.${name} is none of silence`);
  if (silence === undefined) return unknown;
  const { marginSeconds, stride, ...more } = Object(silence) as Fields;
  const isMargin = typeof marginSeconds === 'number' && marginSeconds >= 0 && marginSeconds <= windowSeconds;
  const isStride = Number.isSafeInteger(stride) && Number(stride) >= 1 && Number(stride) <= mostStride;
  if (isMargin && isStride && Object.keys(more).length === 0) return unknown;
  const ranges = `marginSeconds from 0 to ${windowSeconds} and a whole stride from 1 to ${mostStride}`;
  return [...unknown, `options.silence must have ${ranges}`];
}

const trialOf = (marginSeconds: number, stride: number): Trial => ({
  name: stride === 1 ? 'whole window' : `${marginSeconds} s of silence, then one of ${stride} positions`,
  options: { silence: { marginSeconds, stride } },
});

/** Small models need more of the silence than base does (docs/decisions/2026-11-27-whisper-graphs.md). */
export const trials: readonly Trial[] = [
  trialOf(usual.marginSeconds, usual.stride),
  trialOf(1, 8),
  trialOf(1, 4),
  trialOf(2, 4),
  trialOf(0, 1),
];

import { percentile } from '../../dist/evaluation/evaluation-summary.js';
import { samplesToMs } from './playlist.mjs';
import { wordErrors } from './word-errors.mjs';

/** A final that ends this long before the speech of its clip belongs to an earlier pause: the end was missed. */
const missedBeforeMs = 500;
/** A result belongs to a clip if it overlaps by at least this; less is padding. */
const sharedMs = 150;

/**
 * What the talkers of one run saw. Only clips whose speech ends between the two times count.
 * @param {{ endpointingMs: number, countsFrom: number, countsTo: number, texts: string[] }} conditions
 */
export function figuresOf(recordings, conditions) {
  const open = recordings.filter(({ refusedWith }) => refusedWith === undefined);
  const streams = open.map((recording) => withResultsByClip(recording, conditions));
  const counted = streams.flatMap(({ clips }) => clips.filter(({ counts }) => counts));
  const heard = counted.map((clip) => ({ ...clip, final: finalOf(clip) }));
  const ended = heard.filter(({ final }) => final !== undefined);
  const partials = counted.flatMap(({ partials: own }) => own);
  const spokenMs = counted.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0);
  return {
    talkers: recordings.length,
    refused: countsOf(recordings.flatMap(({ refusedWith }) => refusedWith ?? [])),
    closeCodes: countsOf(open.map(({ closeCode }) => closeCode)),
    droppedByService: open.filter(({ droppedByService }) => droppedByService).length,
    clips: counted.length,
    clipsWithoutFinal: heard.length - ended.length,
    /** End of speech to final, beyond the silence that the client asked for. */
    finalMs: spread(ended.map(({ final, toSentAt }) => final.at - toSentAt - conditions.endpointingMs)),
    firstPartialMs: spread(
      counted.flatMap(({ partials: [first], fromSentAt }) => (first ? first.at - fromSentAt : [])),
    ),
    partialLagMs: spread(partials.map(({ lagMs }) => lagMs)),
    partialGapMs: spread(counted.flatMap(({ partials: own }) => gaps(own))),
    partialsPerSpokenSecond: rounded((1000 * partials.length) / spokenMs),
    ...wordErrors(streams, conditions.texts),
    generatorLateMs: spread(open.flatMap(({ lateMs }) => [...lateMs])),
  };
}

function withResultsByClip({ clips, results, lateMs }, { countsFrom, countsTo }) {
  const own = clips
    .filter(({ fromSentAt }) => fromSentAt !== undefined)
    .map((clip) => ({
      clip: clip.clip,
      start: clip.start,
      fromMs: samplesToMs(clip.firstVoiced),
      toMs: samplesToMs(clip.lastVoiced),
      fromSentAt: clip.fromSentAt,
      toSentAt: clip.toSentAt,
      counts: clip.toSentAt >= countsFrom && clip.toSentAt <= countsTo,
      partials: [],
      finals: [],
    }));
  const stray = [];
  for (const result of results) {
    if (!result.isFinal && result.text === '') continue;
    const sharing = own.filter((clip) => shares(result, clip));
    for (const clip of sharing) (result.isFinal ? clip.finals : clip.partials).push(result);
    if (sharing.length > 0 || !result.isFinal) continue;
    // An end without words belongs to the speech before it.
    const before = own.findLast(({ fromMs }) => fromMs <= result.startMs);
    if (result.text === '') before?.finals.push(result);
    else stray.push({ ...result, counts: before?.counts ?? false });
  }
  return { clips: own, stray, lateMs };
}

function shares({ startMs, endMs }, { fromMs, toMs }) {
  const shared = Math.min(endMs, toMs) - Math.max(startMs, fromMs);
  return shared > Math.min(sharedMs, (endMs - startMs) / 2, (toMs - fromMs) / 2);
}

/** The last end of an utterance in the clip, if it is that of the clip. */
function finalOf({ finals, toMs }) {
  const last = finals.findLast(({ speechFinal }) => speechFinal);
  return last !== undefined && last.endMs >= toMs - missedBeforeMs ? last : undefined;
}

function gaps(partials) {
  return partials.slice(1).map(({ at }, index) => at - partials[index].at);
}

function spread(values) {
  const ascending = [...values].sort((left, right) => left - right);
  const at = (share) => (ascending.length === 0 ? null : rounded(percentile(ascending, share)));
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return {
    count: values.length,
    mean: values.length === 0 ? null : rounded(mean),
    ...{ p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
  };
}

function countsOf(values) {
  return Object.fromEntries(
    [...new Set(values)].map((value) => [value, values.filter((other) => other === value).length]),
  );
}

function rounded(value) {
  return Number(value.toFixed(2));
}

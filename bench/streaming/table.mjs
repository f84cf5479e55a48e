// Tables of what `npm run bench:streams` measured. Uses no packages: README.md has one of them.

/** End of speech to final, beyond the endpoint's silence, for 95 of 100 clips. */
export const limitMs = 300;

/** Whether all talkers were served, and 95 of 100 finals came in time. */
export function holds({ refused, droppedByService, finalMs }) {
  const everybodyServed = Object.keys(refused).length === 0 && droppedByService === 0;
  return everybodyServed && finalMs.p95 !== null && finalMs.p95 <= limitMs;
}

/** With fewer clips the 95th percentile is that of one odd clip: such a run cannot speak against a contender. */
const clipsToMiss = 30;

export function misses(run) {
  return !holds(run) && run.clips >= clipsToMiss;
}

/** The run with the most talkers that holds, if none with fewer misses; undefined without one. */
export function largestHeld(runs) {
  let held;
  for (const run of [...runs].sort((left, right) => left.talkers - right.talkers)) {
    if (misses(run)) break;
    if (holds(run)) held = run;
  }
  return held;
}

/** One line for the terminal. */
export function summaryLine(run) {
  const { clips, clipsWithoutFinal, finalMs, partialsPerSpokenSecond, cpuSecondsPerAudioSecond } = run;
  return (
    `${clips} clips, ${clipsWithoutFinal} without a final, final p50 ${ms(finalMs.p50)}, p95 ${ms(finalMs.p95)}, ` +
    `partials ${partialsPerSpokenSecond} per spoken second, WER ${percent(run.wordErrorRate)}, ` +
    `${cpuSecondsPerAudioSecond ?? '?'} CPU s per audio s, generator late p99 ${ms(run.generatorLateMs.p99)}`
  );
}

/** Every run of every contender. */
export function streamsTable(result) {
  const hasDelay = result.contenders.some(({ runs }) => runs.some((run) => isThere(run.eventLoopDelayP99Ms)));
  const head = [
    'contender',
    'partials',
    'talkers',
    'holds',
    'clips (without a final)',
    'final p50 / p95 / p99',
    'first partial p50 / p95',
    'partial lag p50 / p95',
    'partials per spoken second (mean gap)',
    'WER live / posted',
    'refused / dropped',
    'CPU s per audio s',
    'memory PSS / RSS',
    ...(hasDelay ? ['event loop p99'] : []),
    'generator late p99',
  ];
  const rows = result.contenders.flatMap((contender) =>
    contender.runs.map((run) => [
      nameOf(contender),
      contender.partials,
      run.talkers,
      holds(run) ? 'yes' : 'no',
      `${run.clips} (${run.clipsWithoutFinal})`,
      `${plain(run.finalMs.p50)} / ${plain(run.finalMs.p95)} / ${ms(run.finalMs.p99)}`,
      `${plain(run.firstPartialMs.p50)} / ${ms(run.firstPartialMs.p95)}`,
      `${plain(run.partialLagMs.p50)} / ${ms(run.partialLagMs.p95)}`,
      `${run.partialsPerSpokenSecond} (${ms(run.partialGapMs.mean)})`,
      `${percent(run.wordErrorRate)} / ${percent(run.wordErrorRatePosted)}`,
      `${total(run.refused)} / ${run.droppedByService}`,
      run.cpuSecondsPerAudioSecond ?? '–',
      run.proportionalMegabytes === undefined
        ? '–'
        : `${run.proportionalMegabytes} / ${run.residentMegabytes} MB`,
      ...(hasDelay ? [ms(run.eventLoopDelayP99Ms)] : []),
      ms(run.generatorLateMs.p99),
    ]),
  );
  return [asTable(head, rows), '', notes(result)].join('\n');
}

/** For README.md: how many talkers each contender bears. */
export function shortStreamsTable(result) {
  const head = [
    'engine',
    'partials',
    `talkers with p95 ≤ ${limitMs} ms`,
    '× reference',
    'final p50 / p95',
    'partials per spoken second',
    'WER live / posted',
    'CPU s per audio s',
  ];
  const reference = result.contenders.find(({ isReference }) => isReference);
  const ofReference = reference && largestHeld(reference.runs)?.talkers;
  const rows = result.contenders.map((contender) => {
    const run = largestHeld(contender.runs);
    const most = Math.max(...contender.runs.map(({ talkers }) => talkers));
    if (run === undefined) return [nameOf(contender), contender.partials, 'none', ...Array(5).fill('–')];
    return [
      nameOf(contender),
      contender.partials,
      run.talkers === most ? `${run.talkers} (more was not tried)` : run.talkers,
      ofReference === undefined ? '–' : (run.talkers / ofReference).toFixed(1),
      `${plain(run.finalMs.p50)} / ${ms(run.finalMs.p95)}`,
      run.partialsPerSpokenSecond,
      `${percent(run.wordErrorRate)} / ${percent(run.wordErrorRatePosted)}`,
      run.cpuSecondsPerAudioSecond ?? '–',
    ];
  });
  return [asTable(head, rows), '', notes(result)].join('\n');
}

function notes({ machine, workers, seconds, clips, date, commit, contenders }) {
  const tried = [...new Set(contenders.flatMap(({ runs }) => runs.map(({ talkers }) => talkers)))];
  return (
    `Talkers go on and on in real time, over sockets of their own; ${tried.join(', ')} were tried, ${seconds} s each, over ` +
    `${clips.count} clips. Times of finals count from the end of speech and the silence that ends an utterance. ` +
    `${workers} decoding processes with one thread each. ${machine.processor}, ${machine.cores} cores, ` +
    `${machine.memoryGigabytes} GB, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}, commit ${commit}, load average ` +
    `${machine.loadAverageAtStart} at the start.`
  );
}

function asTable(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function nameOf({ name, model, isReference }) {
  return `${isReference ? name : `**${name}**`}, \`${model}\``;
}

function total(counts) {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function plain(value) {
  return isThere(value) ? String(Math.round(value)) : '–';
}

function ms(value) {
  return isThere(value) ? `${Math.round(value)} ms` : '–';
}

function percent(rate) {
  return isThere(rate) ? `${(rate * 100).toFixed(1)} %` : '–';
}

/** JSON has no undefined. */
function isThere(value) {
  return value !== undefined && value !== null;
}

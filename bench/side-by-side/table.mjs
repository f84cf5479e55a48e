/** The Markdown table of a run, with the machine and the way of measuring below it. Uses no packages: README.md has it. */
export function benchTable(result) {
  const { atOnce, reference, engines, machine, clips } = result;
  const head = [
    'engine',
    'model',
    'audio seconds per CPU second',
    `× ${reference}`,
    `${atOnce} at once: audio seconds per second`,
    '× best peer',
    'start until ready',
    'session creation',
    'peak memory',
  ];
  const rows = engines.map((engine) => [
    engine.isPeer ? `${engine.name} ${engine.version}` : `**${engine.name}**`,
    `\`${engine.model}\`, ${engine.graphs}`,
    ranged(engine.audioSecondsPerCpuSecond, 1),
    ranged(engine.timesReference, 2),
    ranged(engine.audioSecondsPerSecondAtOnce, 1),
    ranged(engine.timesBestPeerAtOnce, 2),
    ranged(engine.startMs, 0, ' ms'),
    ranged(engine.sessionsMs, 0, ' ms'),
    `${engine.peakMegabytes} MB`,
  ]);
  return [
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `Medians of ${result.rounds} alternating rounds (least–most); ratios are taken round by round. ` +
      `${clips.count} clips of 3–5 s, ${clips.seconds.toFixed(0)} s in all, one thread; at once and memory: ` +
      `${result.workers} processes with one thread each. ${machine.processor}, ${machine.cores} cores ` +
      `(${machine.flags.join(' ')}), ${machine.memoryGigabytes} GB, Node ${machine.node.slice(1)}, ` +
      `${result.date.slice(0, 10)}, commit ${result.commit}, load average ${machine.loadAverageAtStart} at the start.`,
  ].join('\n');
}

function ranged({ median, min, max }, digits, unit = '') {
  return `${median.toFixed(digits)}${unit} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

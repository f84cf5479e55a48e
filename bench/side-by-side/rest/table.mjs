/** The Markdown table of a run over REST. Uses no packages: README.md has it. */
export function restTable({
  rest,
  reference,
  machine,
  graphs,
  clips,
  rounds,
  seconds,
  atOnce,
  workers,
  date,
  commit,
}) {
  const { audioSecondsPerSecond, timesReference, audioSecondsPerCpuSecond, timesReferenceByCpu } = rest;
  const own = Object.entries(rest.cpuMsPerAudioSecond);
  return [
    `| over REST, \`${reference.model}\` | audio seconds per second | × ${reference.name} | audio seconds per CPU second | × by CPU time |`,
    '| --- | --- | --- | --- | --- |',
    `| ${workers} processes of ${reference.name} ${reference.version} | ${ranged(audioSecondsPerSecond.reference, 1)} | 1.00 | ${ranged(audioSecondsPerCpuSecond.reference, 1)} | 1.00 |`,
    `| **Hearken**, the whole service with its client, ${graphs} | ${ranged(audioSecondsPerSecond.service, 1)} | ${ranged(timesReference, 2)} | ${ranged(audioSecondsPerCpuSecond.service, 1)} | ${ranged(timesReferenceByCpu, 2)} |`,
    '',
    `Medians of ${rounds} alternating rounds of ${seconds} s (least–most), ${atOnce} uploads at once; ratios are taken round by round. ` +
      `${clips.count} clips of 3–5 s. CPU ms for each second of audio: ` +
      `${own.map(([kind, { median }]) => `${kind} ${median.toFixed(2)}`).join(', ')}. ` +
      `${machine.processor}, ${machine.cores} cores (${machine.flags.join(' ')}), Node ${machine.node.slice(1)}, ` +
      `${date.slice(0, 10)}, commit ${commit}, load average ${machine.loadAverageAtStart} at the start.`,
  ].join('\n');
}

function ranged({ median, min, max }, digits) {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

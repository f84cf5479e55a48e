// Fills the table of memory from docs/measured/memory.json: node bench/pages/memory-table.mjs
import { pathToFileURL } from 'node:url';
import { fillPage, table } from './page.mjs';
import { measured } from './pod-figures.mjs';
import { processorKind } from './measured-run.mjs';

const page = 'docs/decisions/2026-11-27-compressed-formats.md';

export function fillMemoryTable() {
  const run = measured('memory');
  if (run === undefined) return;
  const { formats, machine, ffmpeg, date } = run;
  const durations = formats[0].reads.map(({ minutes }) => minutes);
  const named = durations.map((minutes) => (minutes < 60 ? `${minutes} minutes` : `${minutes / 60} hours`));
  const rows = formats.map(({ name, reads }) => {
    const longest = reads.at(-1);
    return [
      name,
      megabytes(longest.fileBytes),
      ...reads.map(({ beforeBytes, mostBytes }) => `+${megabytes(mostBytes - beforeBytes)}`),
      longest.checkpointBytes === 0 ? 'none' : megabytes(longest.checkpointBytes),
    ];
  });
  const head = [
    'format',
    `bytes of ${named.at(-1)}`,
    ...named.map((text, at) => `memory for ${text}${at < named.length - 1 ? ', again and again' : ''}`),
    'checkpoint at most',
  ];
  const before = formats.flatMap(({ reads }) => reads.map(({ beforeBytes }) => beforeBytes));
  const text = [
    table(head, rows),
    '',
    `Resident memory of a process that reads recordings at most, above the ${megabytes(Math.min(...before))} to ${megabytes(Math.max(...before))} that a new one has with its detector of speech; a new process for each format, which reads the short file ${formats[0].reads[0].times} times and then the long one. ${machine.processor}${processorKind(machine)}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${ffmpeg}, ${date.slice(0, 10)}.`,
  ].join('\n');
  fillPage('memory', text, page);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 9.5e6 ? 1 : 0)} MB`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) fillMemoryTable();

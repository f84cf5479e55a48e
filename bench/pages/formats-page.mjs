// Fills the measured table of docs/api/formats.md from docs/measured/formats.json: node bench/pages/formats-page.mjs
import { pathToFileURL } from 'node:url';
import { fillPage, table } from './page.mjs';
import { measured } from './pod-figures.mjs';
import { processorKind } from './measured-run.mjs';

const page = 'docs/api/formats.md';

export function fillFormatsPage() {
  const run = measured('formats');
  if (run === undefined) return;
  const { forms, together, clips, machine, ffmpeg, model, date } = run;
  const rows = [...forms, ...together].map((form) => [
    form.name,
    form.refusal === undefined ? `${form.wordErrorPercent.toFixed(2)} %` : `refused: \`${form.refusal}\``,
    form.refusal === undefined ? signed(form.differencePoints) : '',
    form.refusal === undefined ? form.intervalPoints.map(signed).join(' to ') : '',
    form.reference ?? '16 kHz WAV',
    bound(form),
    form.otherTexts === undefined ? '' : `${form.otherTexts} of ${form.clips}`,
  ]);
  const head = ['form', 'WER', 'points more', '95 % interval', 'than', 'at most', 'other texts'];
  const text = [
    table(head, rows),
    '',
    `\`${model}\`, ${clips.count} clips of ${clips.source}, ${Math.round(clips.seconds / 60)} minutes; lossless forms fewer of them, because their samples are equal. Intervals are of the paired bootstrap over clips. A form alone is held to its bound as far as chance allows (see what 0.1 dB do); forms together are held to it as they are. ${machine.processor}${processorKind(machine)}, ${ffmpeg}, ${date.slice(0, 10)}.`,
  ].join('\n');
  fillPage('forms', text, page);
}

function bound({ group, points }) {
  if (points !== undefined) return String(points);
  return group === 'lossless' ? 'the same text' : '';
}

function signed(points) {
  const text = points.toFixed(2);
  return points > 0 ? `+${text}` : text.replace('-', '−').replace('−0.00', '0.00');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) fillFormatsPage();

import { daySeconds } from './traffic.mjs';

const [width, height] = [900, 560];
const area = { left: 60, right: 740 };
const colours = ['#1a7f37', '#1f6feb', '#cf222e'];
const [ink, quiet, traffic] = ['#1f2328', '#59636e', '#8a94a6'];
const panelHeight = 140;

/** Streams and places, pods, and refusals over the day, as SVG: a line for each target. */
export function picture({ runs, pod, chosen, date }) {
  const own = runs.find(({ target }) => target === chosen);
  const most = (of) => Math.max(1, ...runs.flatMap(({ samples }) => samples.map(of)));
  const panels = [
    {
      title: `Live streams, and the places of pods that are ready (target ${chosen})`,
      most: Math.max(...own.samples.map(({ streams, ready }) => Math.max(streams, ready * pod.places))),
      lines: [
        [own.samples, ({ ready }) => ready * pod.places, colours[runs.indexOf(own)]],
        [own.samples, ({ streams }) => streams, traffic],
      ],
    },
    {
      title: 'Pods',
      most: most(({ replicas }) => replicas),
      lines: runs.map(({ samples }, at) => [samples, ({ replicas }) => replicas, colours[at]]),
    },
    {
      title: 'Streams refused at first, in each minute',
      most: most(({ refused }) => refused),
      lines: runs.map(({ samples }, at) => [samples, ({ refused }) => refused, colours[at]]),
    },
  ];
  const legend = runs.map(({ target }, at) => [colours[at], `target ${target}`]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="A simulated day with the autoscaler">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${panels.map((panel, at) => drawPanel(panel, 34 + at * (panelHeight + 34))).join('\n')}
${[...legend, [traffic, 'live streams']].map(([colour, label], at) => drawLegend(colour, label, 60 + at * 20)).join('\n')}
${drawText(16, height - 12, 'start', quiet, `Simulated, ${date.slice(0, 10)}; hours of the day`)}
</svg>
`;
}

function drawPanel({ title, most, lines }, top) {
  const bottom = top + panelHeight - 20;
  const x = (second) => area.left + (second / daySeconds) * (area.right - area.left);
  const y = (value) => bottom - (value / most) * (bottom - top);
  const hours = [0, 6, 12, 18, 24];
  return [
    drawText(16, top - 8, 'start', ink, title, 'font-weight="600"'),
    drawText(area.left - 8, top + 8, 'end', quiet, Math.round(most)),
    drawText(area.left - 8, bottom + 4, 'end', quiet, 0),
    ...hours.map((hour) => drawText(x(hour * 3_600), bottom + 16, 'middle', quiet, hour)),
    `<path d="M${area.left} ${top}V${bottom}H${area.right}" fill="none" stroke="${quiet}"/>`,
    ...lines.map(([samples, of, colour]) => {
      const points = samples.map((sample) => `${x(sample.second).toFixed(1)},${y(of(sample)).toFixed(1)}`);
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.2"/>`;
    }),
  ].join('\n');
}

function drawLegend(colour, label, y) {
  return `<rect x="760" y="${y - 10}" width="10" height="10" fill="${colour}"/>\n${drawText(776, y, 'start', ink, label)}`;
}

function drawText(x, y, anchor, fill, text, more = '') {
  return `<text x="${x.toFixed?.(1) ?? x}" y="${y}" text-anchor="${anchor}" fill="${fill}" ${more}>${text}</text>`;
}

import { limitMs } from './table.mjs';

const [width, height] = [820, 420];
const area = { left: 84, right: 560, top: 50, bottom: 360 };
const colours = ['#8a94a6', '#1f6feb', '#8250df', '#1a7f37'];
const [ink, quiet, limitColour] = ['#1f2328', '#59636e', '#cf222e'];
/** Later values are drawn at the upper edge. */
const mostMs = 1_000;

/** The 95th percentile of finals over the count of talkers, a line for each contender, as SVG. */
export function picture({ contenders, machine, date }) {
  const counts = [...new Set(contenders.flatMap(({ runs }) => runs.map(({ talkers }) => talkers)))];
  const mostTalkers = Math.max(...counts);
  const x = (talkers) => area.left + (talkers / mostTalkers) * (area.right - area.left);
  const y = (ms) => area.bottom - (Math.min(Math.max(ms, 0), mostMs) / mostMs) * (area.bottom - area.top);
  const lines = contenders.map((contender, at) =>
    drawLine(contender, colours[at % colours.length], at, x, y),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Latency of finals over the count of talkers">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="16" y="26" font-weight="600" fill="${ink}">End of speech to final beyond the endpoint's silence, 95th percentile, over talkers at once</text>
${[0, 250, 500, 750, 1_000].map((ms) => drawText(area.left - 10, y(ms) + 4, 'end', quiet, `${ms === mostMs ? '≥ ' : ''}${ms} ms`)).join('\n')}
${counts.map((talkers) => drawText(x(talkers), area.bottom + 20, 'middle', quiet, talkers)).join('\n')}
<path d="M${area.left} ${area.top}V${area.bottom}H${area.right}" fill="none" stroke="${quiet}"/>
<path d="M${area.left} ${y(limitMs)}H${area.right}" stroke="${limitColour}" stroke-dasharray="5 4"/>
${drawText(area.right + 6, y(limitMs) + 4, 'start', limitColour, `${limitMs} ms`)}
${lines.join('\n')}
${drawText(16, height - 14, 'start', quiet, `${machine.processor}, ${machine.cores} cores, ${date.slice(0, 10)}`)}
</svg>
`;
}

function drawLine({ name, model, partials, runs }, colour, at, x, y) {
  const drawn = runs.filter(({ finalMs }) => finalMs.p95 !== null);
  const points = drawn.map(({ talkers, finalMs }) =>
    [x(talkers), y(finalMs.p95)].map((value) => value.toFixed(1)),
  );
  const labelY = 66 + at * 40;
  return [
    `<polyline points="${points.map((point) => point.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`),
    `<rect x="640" y="${labelY - 10}" width="10" height="10" fill="${colour}"/>`,
    drawText(656, labelY, 'start', ink, model.includes('base') ? `${name} (base)` : name),
    drawText(656, labelY + 16, 'start', quiet, `partials ${partials}`),
  ].join('\n');
}

function drawText(x, y, anchor, fill, text) {
  const escaped = String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}" font-size="12">${escaped}</text>`;
}

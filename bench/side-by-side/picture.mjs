const [width, rowHeight, labelWidth, barWidth] = [820, 26, 300, 420];
const colours = { peer: '#8a94a6', own: '#1f6feb', ink: '#1f2328', quiet: '#59636e', paper: '#ffffff' };

/** Bars of the medians with a line from the least to the most, as SVG. */
export function picture({ engines, atOnce, machine, date }) {
  const panels = [
    { title: 'Audio seconds per CPU second, one thread', key: 'audioSecondsPerCpuSecond' },
    {
      title: `Audio seconds per second, ${atOnce} clips at once on all cores`,
      key: 'audioSecondsPerSecondAtOnce',
    },
  ];
  const panelHeight = 44 + engines.length * rowHeight;
  const height = panels.length * panelHeight + 40;
  const drawn = panels.map((panel, at) => drawPanel(panel, engines, 10 + at * panelHeight));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Speed of Hearken and its peers">
<rect width="${width}" height="${height}" fill="${colours.paper}"/>
${drawn.join('\n')}
<text x="16" y="${height - 14}" fill="${colours.quiet}" font-size="11">${escaped(`${machine.processor}, ${machine.cores} cores, ${date.slice(0, 10)}; medians, lines from the least to the most`)}</text>
</svg>
`;
}

function drawPanel({ title, key }, engines, top) {
  const most = Math.max(...engines.map((engine) => engine[key].max));
  const x = (value) => labelWidth + (value / most) * barWidth;
  const rows = engines.map((engine, at) => {
    const y = top + 34 + at * rowHeight;
    const middle = y + rowHeight / 2 - 3;
    const { median, min, max } = engine[key];
    return [
      `<text x="${labelWidth - 10}" y="${middle + 4}" text-anchor="end" fill="${colours.ink}">${escaped(labelOf(engine))}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${(x(median) - labelWidth).toFixed(1)}" height="${rowHeight - 6}" fill="${engine.isPeer ? colours.peer : colours.own}"/>`,
      `<line x1="${x(min).toFixed(1)}" x2="${x(max).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="${colours.ink}"/>`,
      `<text x="${(x(max) + 8).toFixed(1)}" y="${middle + 4}" fill="${colours.ink}">${median.toFixed(1)}</text>`,
    ].join('\n');
  });
  return `<text x="16" y="${top + 20}" font-weight="600" fill="${colours.ink}">${escaped(title)}</text>\n${rows.join('\n')}`;
}

function labelOf({ name, model }) {
  return model.includes('base') ? `${name} (base)` : name;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

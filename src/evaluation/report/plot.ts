/** One line of a plot, or its bars. */
export interface Series {
  readonly label: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly low?: number;
    readonly high?: number;
  }[];
}

const [width, height, margin] = [520, 260, 44];

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** An SVG of lines with their intervals. */
export function linePlot(title: string, xLabel: string, yLabel: string, series: readonly Series[]): string {
  const points = series.flatMap((each) => each.points);
  if (points.length === 0) return '';
  const xs = points.map(({ x }) => x);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const top = Math.max(1e-6, ...points.map(({ y, high = y }) => Math.max(y, high)));
  const atX = (x: number): number => margin + ((x - left) / (right - left || 1)) * (width - 2 * margin);
  const atY = (y: number): number => height - margin - (y / top) * (height - 2 * margin);
  const shapes = series.map(({ label, points: line }, index) => {
    const color = ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700'][index % 4]!;
    const path = line
      .map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${atX(x).toFixed(1)} ${atY(y).toFixed(1)}`)
      .join('');
    const intervals = line
      .filter(({ low, high }) => low !== undefined && high !== undefined)
      .map(
        ({ x, low, high }) =>
          `<path d="M${atX(x).toFixed(1)} ${atY(low!).toFixed(1)}V${atY(high!).toFixed(1)}" stroke="${color}" opacity=".5"/>`,
      );
    const dots = line.map(
      ({ x, y }) =>
        `<circle cx="${atX(x).toFixed(1)}" cy="${atY(y).toFixed(1)}" r="3" fill="${color}"><title>${escaped(label)}: ${x}, ${y.toFixed(3)}</title></circle>`,
    );
    return `<path d="${path}" fill="none" stroke="${color}" stroke-width="2"/>${intervals.join('')}${dots.join('')}`;
  });
  const ticks = [0, 0.5, 1].map(
    (share) =>
      `<text x="${margin - 6}" y="${atY(top * share) + 4}" text-anchor="end">${(top * share).toPrecision(2)}</text>` +
      `<text x="${atX(left + (right - left) * share)}" y="${height - margin + 16}" text-anchor="middle">${(left + (right - left) * share).toPrecision(3)}</text>`,
  );
  return frame(title, xLabel, yLabel, [...shapes, ...ticks]);
}

/** An SVG of horizontal bars with their intervals, a row each. */
export function barPlot(
  title: string,
  rows: readonly { label: string; value: number; low?: number; high?: number }[],
): string {
  if (rows.length === 0) return '';
  const most = Math.max(1e-6, ...rows.map(({ value, high = value }) => Math.max(value, high)));
  const rowHeight = 22;
  const at = (value: number): number => 190 + (value / most) * (width - 240);
  const bars = rows.map(({ label, value, low, high }, index) => {
    const y = 30 + index * rowHeight;
    const interval =
      low === undefined || high === undefined
        ? ''
        : `<path d="M${at(low).toFixed(1)} ${y + 8}H${at(high).toFixed(1)}" stroke="#000" opacity=".6"/>`;
    return `<text x="184" y="${y + 12}" text-anchor="end">${escaped(label)}</text><rect x="190" y="${y}" width="${(at(value) - 190).toFixed(1)}" height="16" fill="#1f6feb" opacity=".7"/>${interval}<text x="${(at(Math.max(value, high ?? 0)) + 6).toFixed(1)}" y="${y + 12}">${value.toPrecision(3)}</text>`;
  });
  return `<svg viewBox="0 0 ${width} ${40 + rows.length * rowHeight}" role="img"><text x="8" y="16" font-weight="bold">${escaped(title)}</text>${bars.join('')}</svg>`;
}

function frame(title: string, xLabel: string, yLabel: string, content: readonly string[]): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img"><text x="8" y="16" font-weight="bold">${escaped(title)}</text><path d="M${margin} ${margin / 2}V${height - margin}H${width - margin / 2}" fill="none" stroke="#888"/>${content.join('')}<text x="${width / 2}" y="${height - 6}" text-anchor="middle">${escaped(xLabel)}</text><text x="12" y="${height / 2}" transform="rotate(-90 12 ${height / 2})" text-anchor="middle">${escaped(yLabel)}</text></svg>`;
}

import { escaped } from '../report/plot.js';
import { explanationText, windowSeconds } from './explanation.js';
import type { Explanation } from './explanation.js';

const [width, rowHeight, left] = [1_000, 130, 60];
const [lowestDbfs, highestDbfs] = [-90, 0];

/** A page that needs no other file: level before and after the gain, probability of speech, segments with their texts. */
export function explanationPage(explanation: Explanation): string {
  const { name, levels, probabilities, threshold, segments } = explanation;
  const seconds = Math.max(levels.before.length, probabilities.length) * windowSeconds;
  const atX = (time: number): number =>
    left + (time / Math.max(seconds, windowSeconds)) * (width - left - 10);
  const line = (values: readonly number[], atY: (value: number) => number, color: string): string =>
    `<polyline fill="none" stroke="${color}" points="${values
      .map((value, at) => `${atX((at + 0.5) * windowSeconds).toFixed(1)},${atY(value).toFixed(1)}`)
      .join(' ')}"/>`;
  const levelY = (db: number): number =>
    10 +
    ((highestDbfs - Math.max(lowestDbfs, Math.min(highestDbfs, db))) / (highestDbfs - lowestDbfs)) *
      (rowHeight - 20);
  const speechY = (value: number): number => rowHeight + 10 + (1 - value) * (rowHeight - 20);
  const boxes = segments.map(({ startSeconds, endSeconds, text }) => {
    const x = atX(startSeconds);
    return `<rect x="${x.toFixed(1)}" y="8" width="${(atX(endSeconds) - x).toFixed(1)}" height="${2 * rowHeight - 16}" fill="#1a7f37" opacity=".12"/><text x="${(x + 3).toFixed(1)}" y="${2 * rowHeight + 14}">${escaped(text)}</text>`;
  });
  const height = 2 * rowHeight + 50;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${atX(share * seconds).toFixed(1)}" y="${height - 6}" text-anchor="middle">${(share * seconds).toFixed(2)} s</text>`,
  );
  const picture = `<svg viewBox="0 0 ${width} ${height}" role="img">${boxes.join('')}
<text x="4" y="${levelY(0) + 8}">0 dBFS</text><text x="4" y="${levelY(lowestDbfs)}">${lowestDbfs}</text>
${line(levels.before, levelY, '#888')}${line(levels.after, levelY, '#1f6feb')}
<text x="4" y="${speechY(1) + 8}">speech</text><path d="M${left} ${speechY(threshold).toFixed(1)}H${width - 10}" stroke="#d1242f" stroke-dasharray="4"/>
${line(probabilities, speechY, '#9a6700')}${ticks.join('')}</svg>`;
  return `<!doctype html><meta charset="utf-8"><title>${escaped(name)}</title><style>body{font:15px system-ui;max-width:72em;margin:2em auto}svg{font-size:11px;width:100%}pre{white-space:pre-wrap;font-size:12px}</style><h1>${escaped(name)}</h1>
<p>Grey: level of the input. Blue: after the gain stage. Brown: probability of speech, red: its threshold. Green: segments that were decoded.</p>
${picture}
<pre>${escaped(explanationText(explanation))}</pre>
`;
}

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/ml-test-score.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const sections = ['Data', 'Model', 'Infrastructure', 'Monitoring'];

interface Row {
  readonly section: string;
  readonly number: number;
  readonly points: number;
  readonly evidence: string;
}

function textOf(section: string): string {
  return page.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
}

const rows: readonly Row[] = sections.flatMap((section) =>
  [...textOf(section).matchAll(/^\| (\d) [^|]+\| ([\d.]+) \| ([^|]+) \|$/gm)].map(
    ([, number, points, evidence]) => ({
      section,
      number: Number(number),
      points: Number(points),
      evidence: evidence!,
    }),
  ),
);
const sumOf = (section: string): number =>
  rows.filter((row) => row.section === section).reduce((sum, { points }) => sum + points, 0);

describe('docs/ml-test-score.md', () => {
  it('has seven tests in each section, with 0, 0.5 or 1 points', () => {
    for (const section of sections)
      expect(rows.filter((row) => row.section === section).map(({ number }) => number)).toEqual([
        1, 2, 3, 4, 5, 6, 7,
      ]);
    expect(rows.filter(({ points }) => ![0, 0.5, 1].includes(points))).toEqual([]);
  });

  it('adds them up, and its score is the lowest sum', () => {
    for (const section of sections) {
      expect(textOf(section)).toContain(`\nSum: ${sumOf(section)}\n`);
      expect(textOf('Score')).toMatch(new RegExp(`^\\| ${section} +\\| ${sumOf(section)} +\\|$`, 'm'));
    }
    expect(textOf('Score')).toContain(`\nScore: ${Math.min(...sections.map(sumOf))}\n`);
  });

  it('names a file or a command for each point, a no where there is none, and only what exists', () => {
    for (const { section, number, points, evidence } of rows) {
      const spans = [...evidence.matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
      const commands = spans.filter((span) => span.startsWith('npm run '));
      const paths = spans.filter((span) => /^[\w.][\w.-]*(\/[\w.<>-]+)+$/.test(span));
      const place = `${section} ${number}`;
      if (points === 0) expect(evidence, place).toMatch(/^No\./);
      else expect(commands.length + paths.length, place).toBeGreaterThan(0);
      for (const command of commands) expect(Object.keys(scripts), place).toContain(command.split(' ')[2]);
      for (const path of paths) {
        const there = path.replace('<id>', 'moonshine-tiny-en');
        expect(existsSync(there), `${place}: ${path}`).toBe(true);
      }
    }
  });
});

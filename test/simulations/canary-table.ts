import { readFileSync } from 'node:fs';

export const canaryPath = 'docs/measured/canary.json';

interface Quantiles {
  readonly median: number;
  readonly p95: number;
}

/** What `npm run simulate:canary` has found. */
export interface MeasuredCanaries {
  /** Of the clients. */
  readonly share: number;
  readonly clean: { readonly canaries: number; readonly utterances: number; readonly returned: number };
  readonly canariesOfEach: number;
  readonly planted: readonly {
    readonly what: string;
    readonly returned: number;
    /** Until the canary was sent back. */
    readonly candidateUtterances: Quantiles;
    readonly allUtterances: Quantiles;
  }[];
}

/** The table of docs/operations/canary.md. */
export function canaryTable(): string {
  const { share, clean, canariesOfEach, planted } = JSON.parse(
    readFileSync(canaryPath, 'utf8'),
  ) as MeasuredCanaries;
  const number = (value: number): string => value.toLocaleString('en');
  const quantiles = ({ median, p95 }: Quantiles): string => `${number(median)} (${number(p95)})`;
  const rows = planted.map(
    ({ what, returned, candidateUtterances, allUtterances }) =>
      `| ${what} | ${returned} of ${canariesOfEach} | ${quantiles(candidateUtterances)} | ${quantiles(allUtterances)} |`,
  );
  return [
    `Of ${number(clean.canaries)} simulated candidates that are as good as the first model, ${number(clean.returned)} were sent back within ${number(clean.utterances)} utterances each. With a share of ${share * 100} % of the clients:`,
    '',
    '| the candidate … | sent back | after utterances of its own: median (95 %) | of all |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

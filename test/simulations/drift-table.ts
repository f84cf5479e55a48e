import { readFileSync } from 'node:fs';

/** What `npm run simulate:drift` has printed. */
interface FalseAlarms {
  readonly windows: number;
  readonly windowUtterances: number;
  readonly results: readonly {
    readonly referenceUtterances: number;
    readonly traffic: string;
    readonly windowsWithAlarm: number;
  }[];
}

/** What `npm run bench:drift` has printed. */
interface Proof {
  readonly model: string;
  readonly profile: { readonly utterances: number; readonly clips: number };
  readonly trafficClips: number;
  readonly results: readonly {
    readonly name: string;
    readonly utterances: number;
    readonly clients: number;
    readonly expected: readonly string[];
    readonly foundAfter: number | null;
    readonly drifted: readonly string[];
    /** Undefined where the service does not estimate them; null without texts. */
    readonly wordErrorRate?: number | null;
    readonly estimatedWordErrorRate?: number | null;
  }[];
}

function read<Measured>(name: string): Measured {
  return JSON.parse(readFileSync(`docs/measured/${name}.json`, 'utf8')) as Measured;
}

/** The tables of docs/operations/drift.md. */
export function driftTable(): string {
  const number = (value: number): string => value.toLocaleString('en');
  const percent = (rate: number | null | undefined): string =>
    typeof rate === 'number' ? `${(100 * rate).toFixed(1)} %` : '–';
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  const { windows, windowUtterances, results } = read<FalseAlarms>('drift-false-alarms');
  const { model, profile, trafficClips, results: proven } = read<Proof>('drift-proof');
  const hasRates = proven.some(({ wordErrorRate }) => wordErrorRate !== undefined);
  return [
    `False alarms in ${number(windows)} simulated windows of ${windowUtterances} utterances (\`npm run simulate:drift\`):`,
    '',
    '| profile, utterances | traffic | windows with an alarm |',
    '| --- | --- | --- |',
    ...results.map(
      ({ referenceUtterances, traffic, windowsWithAlarm }) =>
        `| ${number(referenceUtterances)} | ${traffic} | ${windowsWithAlarm} |`,
    ),
    '',
    `Recorded speech through the live service (\`npm run bench:drift\`, ${model}): one half of a corpus makes the profile (${number(profile.clips)} clips, ${number(profile.utterances)} utterances with variations), the other half (${number(trafficClips)} clips) is the traffic:`,
    '',
    `| traffic | clients | utterances | found after | by | all features that drifted |${hasRates ? ' word error rate | estimated |' : ''}`,
    `| --- | --- | --- | --- | --- | --- |${hasRates ? ' --- | --- |' : ''}`,
    ...proven.map((result) => {
      const { name, clients, utterances, expected, foundAfter, drifted } = result;
      const found = foundAfter === null ? (expected.length === 0 ? '–' : 'not found') : number(foundAfter);
      const rates = hasRates
        ? ` ${percent(result.wordErrorRate)} | ${percent(result.estimatedWordErrorRate)} |`
        : '';
      const by = code(expected.filter((feature) => drifted.includes(feature)));
      return `| ${name} | ${clients} | ${number(utterances)} | ${found} | ${by} | ${code(drifted)} |${rates}`;
    }),
  ].join('\n');
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Samples of Prometheus' text format. @throws Error at a line that is none */
export function readSamples(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] =
        /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? raise(`not a sample: ${line}`);
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"(?:,|$)/g)];
      return {
        name: name!,
        labels: Object.fromEntries(pairs.map(([, label, of]) => [label!, of!])),
        value: Number(value),
      };
    });
}

/** The sum of the samples of that name that have those labels; undefined where there is none. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

function raise(message: string): never {
  throw new Error(message);
}

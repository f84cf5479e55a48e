import { readFileSync } from 'node:fs';

export interface ImageDefaults {
  readonly variables: Readonly<Record<string, string>>;
  readonly exposedPort: number;
  readonly user: string;
}

/** The settings of a container by the stage `service` of the Dockerfile; a variable that a build argument fills has its default. */
export function readDockerfile(): ImageDefaults {
  const text = readFileSync('Dockerfile', 'utf8').replace(/\\\n/g, ' ');
  const lines = stageOf(text, 'service').split('\n');
  const rest = (instruction: string): string[] =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length));
  const pairs = (instruction: string): Record<string, string> =>
    Object.fromEntries(
      rest(instruction).flatMap((line) =>
        [...line.matchAll(/(\w+)=(\S*)/g)].map(([, name, value]) => [name, value] as [string, string]),
      ),
    );
  const args = pairs('ARG');
  const variables = Object.entries(pairs('ENV')).map(
    ([name, value]) => [name, value.replace(/\$\{(\w+)\}/g, (_, arg: string) => args[arg] ?? '')] as const,
  );
  return {
    variables: Object.fromEntries(variables),
    exposedPort: Number(rest('EXPOSE')[0]),
    user: rest('USER')[0]?.trim() ?? '',
  };
}

/** The lines of a stage, from its FROM on. */
export function stageOf(dockerfile: string, name: string): string {
  const stages = dockerfile.split(/^(?=FROM )/m);
  const stage = stages.find((text) => text.split('\n', 1)[0]!.endsWith(` AS ${name}`));
  if (stage === undefined) throw new Error(`The Dockerfile has no stage ${name}.`);
  return stage;
}

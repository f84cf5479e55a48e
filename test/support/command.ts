import { execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface EndedCommand {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of src/cli from its source, in a process of its own. */
export function startCommand(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): { readonly child: ChildProcess; readonly ended: Promise<EndedCommand> } {
  const node = ['--import', './scripts/typescript-loader.mjs', `src/cli/${name}.ts`, ...args];
  const env = { PATH: process.env['PATH'], ORT_DISABLE_TELEMETRY: '1', WORKERS: '1', ...variables };
  let child: ChildProcess | undefined;
  const ended = new Promise<EndedCommand>((resolve) => {
    child = execFile(process.execPath, node, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
  return { child: child!, ended };
}

export function runCommandOf(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<EndedCommand> {
  return startCommand(name, args, variables).ended;
}

import { execFile } from 'node:child_process';

/** A program and the arguments that come before those of a process. */
export interface StartCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** The kernel sends the signal when the thread that started the process ends. */
const setpriv = ['--pdeathsig', 'KILL'];

let command: Promise<StartCommand> | undefined;

/**
 * The command that starts node so that it does not outlive this process, however both end: a process that hangs in its work
 * does not see its channel close. util-linux's `setpriv` asks the kernel for that and becomes node; where it is missing (other
 * systems, Alpine) the command is node's own.
 */
export function commandOfNode(): Promise<StartCommand> {
  command ??= canFollowParent().then((canFollow) =>
    canFollow
      ? { program: 'setpriv', args: [...setpriv, process.execPath] }
      : { program: process.execPath, args: [] },
  );
  return command;
}

function canFollowParent(): Promise<boolean> {
  return new Promise((resolve) => {
    const tried = execFile('setpriv', [...setpriv, 'true'], (error) => resolve(error === null));
    tried.on('error', () => resolve(false));
  });
}

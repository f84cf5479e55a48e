import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';

/** The service as `npm start` runs it, in a process of its own, from the source. */
export class ServiceProcess {
  stdout = '';
  stderr = '';
  private readonly exited: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exited = once(child, 'exit').then(([code]) => code as number | null);
  }

  /**
   * @param variables the whole environment, besides what node needs
   * @param entry the module that starts the service, and its arguments
   */
  static start(
    variables: Readonly<Record<string, string>>,
    entry: readonly string[] = ['src/main.ts'],
  ): ServiceProcess {
    const child = spawn(process.execPath, ['--import', './scripts/typescript-loader.mjs', ...entry], {
      env: { PATH: process.env['PATH'], ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServiceProcess(child);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The address, once it is printed. @throws Error where the process ends instead */
  async url(): Promise<string> {
    let ended = false;
    void this.exited.then(() => (ended = true));
    for (;;) {
      const found = /listens on (\S+)/.exec(this.stdout)?.[1];
      if (found !== undefined) return found;
      if (ended) throw new Error(`the service ended: ${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Files and sockets that the process has open; on Linux only. */
  async descriptors(): Promise<number> {
    return (await readdir(`/proc/${this.child.pid}/fd`)).length;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code; null where a signal ended the process. */
  exitCode(): Promise<number | null> {
    return this.exited;
  }
}

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { decodingArguments, limitedFfmpeg } from './ffmpeg-command.js';
import type { FfmpegProgram } from './ffmpeg-command.js';

/** Of what it says about errors. */
const messageBytesAtMost = 4_096;

/**
 * One process of ffmpeg. It holds no more than a few pipes full of bytes: it does not read on while nobody takes its output,
 * and nothing is written while it does not read. It gets no environment, and ends with the process that started it.
 */
export class FfmpegProcess {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly changes = new EventTarget();
  private message = '';
  private pendingWrite = false;
  private outputEnded = false;
  /** How it ended; undefined while it runs. */
  exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined;

  /** @throws SpeechError NO_CAPACITY */
  constructor(program: FfmpegProgram, demuxer: string) {
    const { file, args } = limitedFfmpeg(program, decodingArguments(demuxer));
    this.child = spawn(file, args, { env: {}, stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' });
    const { stdin, stdout, stderr } = this.child as Partial<typeof this.child>;
    if (!stdin || !stdout || !stderr) {
      throw new SpeechError(
        'NO_CAPACITY',
        'ffmpeg could not be started: the service has no descriptors left.',
      );
    }
    const changed = (): void => void this.changes.dispatchEvent(new Event('change'));
    this.child.on('close', (code: number | null, signal: NodeJS.Signals | null) => {
      this.exit = { code, signal };
      changed();
    });
    // Without descriptors or memory there is no process: 'close' follows.
    this.child.on('error', changed);
    // It ended before it has read all: `exit` says why.
    stdin.on('error', changed);
    stdout.on('readable', changed).on('error', changed);
    stdout.on('end', () => {
      this.outputEnded = true;
      changed();
    });
    stderr.setEncoding('latin1').on('data', (text: string) => {
      this.message = (this.message + text).slice(-messageBytesAtMost);
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The last write is not taken yet. */
  get isWriting(): boolean {
    return this.pendingWrite && this.exit === undefined;
  }

  /** Nothing more comes. */
  get isOver(): boolean {
    return this.outputEnded && this.exit !== undefined;
  }

  /** What it said about errors. It may name what is in the recording: it is for decisions, and not for logs or clients. */
  get complaint(): string {
    return this.message;
  }

  /** Begins to write; another write may follow when `isWriting` is false. The bytes must not change until then. */
  write(bytes: Uint8Array): void {
    this.pendingWrite = true;
    this.child.stdin.write(bytes, () => {
      this.pendingWrite = false;
      this.changes.dispatchEvent(new Event('change'));
    });
  }

  /** After the last write. */
  endInput(): void {
    this.child.stdin.end();
  }

  /** @returns bytes of its output; undefined while there are none */
  read(): Uint8Array | undefined {
    return (this.child.stdout.read() as Uint8Array | null) ?? undefined;
  }

  /** Waits until there may be something to read or to write, or until it has ended. @returns false after `ms` without that */
  async waitForChange(ms: number): Promise<boolean> {
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), ms);
    try {
      await once(this.changes, 'change', { signal: timer.signal });
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timeout);
    }
  }

  kill(): void {
    this.child.kill('SIGKILL');
    this.child.stdin.destroy();
    this.child.stdout.destroy();
    this.child.stderr.destroy();
  }
}

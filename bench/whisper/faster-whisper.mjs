import { spawn, spawnSync } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cpuSecondsOf, peakBytesOf, processTree, sum } from '../shared/process-tree.mjs';

/** The Python that has faster-whisper. @throws Error that says how to get it */
export function pythonOfPeer() {
  const python = process.env.HEARKEN_FASTER_WHISPER;
  if (python !== undefined) return python;
  throw new Error(
    'HEARKEN_FASTER_WHISPER names no Python: python3 -m venv FOLDER; FOLDER/bin/pip install faster-whisper==1.2.1; HEARKEN_FASTER_WHISPER=FOLDER/bin/python',
  );
}

/** Its version, and that of CTranslate2. */
export function versionsOfPeer() {
  const code =
    'import faster_whisper, ctranslate2; print(faster_whisper.__version__, ctranslate2.__version__)';
  const { stdout } = spawnSync(pythonOfPeer(), ['-c', code], { encoding: 'utf8' });
  const [version, cTranslate2] = stdout.trim().split(' ');
  return { version, cTranslate2 };
}

/** faster-whisper in its own process, seen from the bench. One request at a time. */
export class FasterWhisper {
  #child;
  #lines;

  constructor() {
    this.#child = spawn(pythonOfPeer(), [fileURLToPath(new URL('faster_whisper_host.py', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // Hearken lowers the priority of its workers; the peer gets the same.
    setPriority(this.#child.pid, Math.min(19, getPriority() + 5));
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @param {{ model: string, threads: number, files: readonly string[] }} options files: 16 kHz mono WAV */
  open(options) {
    return this.#ask({ command: 'open', ...options });
  }

  /**
   * @param {number} file index into `files` @param {'plain' | 'vad' | 'batched'} form
   * @returns {Promise<string>}
   */
  async transcribe(file, form, language = 'en') {
    return (await this.#ask({ command: 'transcribe', file, form, language })).text;
  }

  cpuSeconds() {
    return sum(processTree(this.#child.pid).map(cpuSecondsOf));
  }

  peakBytes() {
    return sum(processTree(this.#child.pid).map(peakBytesOf));
  }

  async close() {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await exited;
  }

  async #ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('faster-whisper ended');
    return JSON.parse(value);
  }
}

import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stageOf } from '../deployment/dockerfile.js';

const execute = promisify(execFile);

function storageIn(folder: string): readonly string[] {
  return [`--root=${folder}/storage`, `--runroot=${folder}/run`, '--storage-driver=vfs'];
}

/** What of an image's configuration the tests look at. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly StopSignal: string;
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

/** The image of the Dockerfile, built by test/tools/build-test-image.sh into a folder, and a container made from it. */
export class TestImage {
  private constructor(
    private readonly storage: readonly string[],
    readonly config: ImageConfig,
    private readonly container: string,
    /** Where the container's file system lies unpacked. */
    readonly root: string,
  ) {}

  /** @param args further arguments of the build */
  static async build(folder: string, ...args: readonly string[]): Promise<TestImage> {
    // Its long output is shown only where it fails.
    await execute('test/tools/build-test-image.sh', [folder, '--build-arg', 'VERSION=1.2.3', ...args], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return TestImage.open(folder, 'localhost/hearken:test');
  }

  /** The stage with-ffmpeg, on the image that `build` has built in the same folder. */
  static async buildWithFfmpeg(folder: string): Promise<TestImage> {
    const stage = stageOf(await readFile('Dockerfile', 'utf8'), 'with-ffmpeg');
    const file = join(folder, 'with-ffmpeg.Dockerfile');
    await writeFile(file, stage.replace('FROM service', 'FROM localhost/hearken:test'));
    const build = ['build', '--isolation', 'chroot', '--pull-never', '--format', 'docker', '--file', file];
    await execute('buildah', [...storageIn(folder), ...build, '--tag', 'hearken:with-ffmpeg', '.'], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return TestImage.open(folder, 'localhost/hearken:with-ffmpeg');
  }

  private static async open(folder: string, name: string): Promise<TestImage> {
    const storage = storageIn(folder);
    const buildah = async (...args: string[]): Promise<string> =>
      (await execute('buildah', [...storage, ...args], { maxBuffer: 16 * 1024 * 1024 })).stdout.trim();
    const inspected = JSON.parse(await buildah('inspect', '--type', 'image', name)) as {
      Docker: { config: ImageConfig };
    };
    const container = await buildah('from', '--pull-never', name);
    return new TestImage(storage, inspected.Docker.config, container, await buildah('mount', container));
  }

  /** As the image's own user, in the network of this machine. */
  run(variables: Readonly<Record<string, string>>): RunningContainer {
    const given = Object.entries(variables).map(([name, value]) => `--env=${name}=${value}`);
    return new RunningContainer(
      spawn(
        'buildah',
        [...this.storage, 'run', '--isolation=chroot', ...given, this.container, '--', ...this.command],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    );
  }

  /** With a read-only file system, without a network, as the first process. */
  runLockedDown(variables: Readonly<Record<string, string>>): RunningContainer {
    const { Env, User, WorkingDir } = this.config;
    const given = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return new RunningContainer(
      spawn(
        'unshare',
        [
          ...['--mount', '--net', '--pid', '--fork', '--kill-child', 'test/support/run-locked-down.sh'],
          ...[this.root, User, WorkingDir, ...Env, ...given, '--', ...this.command],
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    );
  }

  private get command(): readonly string[] {
    return [...this.config.Entrypoint, ...this.config.Cmd];
  }
}

/** A container's service; its process is a descendant of what was started here. */
export class RunningContainer {
  output = '';
  readonly exitCode: Promise<number | null>;
  private ended = false;

  constructor(private readonly outer: ChildProcess) {
    for (const stream of [outer.stdout, outer.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exitCode = once(outer, 'exit').then(([code]) => {
      this.ended = true;
      return code as number | null;
    });
  }

  /** The address, once it is printed. @throws Error where the container ends instead */
  async url(): Promise<string> {
    for (;;) {
      const found = /listens on (\S+)/.exec(this.output)?.[1];
      if (found !== undefined) return found;
      if (this.ended) throw new Error(`the container ended: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The number of the service's process on this machine. */
  async pid(): Promise<number> {
    for (const pid of await descendants(this.outer.pid ?? 0)) {
      const [program = '', script] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
      if (/(^|\/)node$/.test(program) && script === 'dist/main.js') return pid;
    }
    throw new Error('the container has no process that is the service');
  }

  /** As `docker exec` would: inside all that the service is inside of. */
  async execute(command: readonly string[], variables: Readonly<Record<string, string>>): Promise<number> {
    const target = String(await this.pid());
    const inside = ['--mount', '--net', '--pid', '--root', '--wd', '--setuid=65532', '--setgid=65532'];
    const child = spawn('nsenter', [`--target=${target}`, ...inside, '--', ...command], {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...variables },
      stdio: 'ignore',
    });
    const [code] = (await once(child, 'exit')) as [number];
    return code;
  }

  /** Ends the service by its signal, and whatever is left by force. */
  async stop(): Promise<number | null> {
    if (!this.ended) process.kill(await this.pid(), 'SIGTERM');
    return this.exitCode;
  }

  kill(): void {
    if (!this.ended) this.outer.kill('SIGKILL');
  }
}

async function descendants(ancestor: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(join('/proc', name, 'stat'), 'utf8').catch(() => '');
    // The name of the program may hold anything but the last parenthesis.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    parents.set(Number(name), parent);
  }
  const found = [ancestor];
  for (const pid of found) {
    for (const [child, parent] of parents) if (parent === pid) found.push(child);
  }
  return found.slice(1);
}

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const folder = join('.cache', 'clients');

/** A program of test/clients, in another language, that calls a service with clients of that language. */
export interface ForeignClient {
  readonly name: string;
  /** test/tools/test-clients.sh has installed it. */
  readonly isThere: boolean;
  /** @returns what came of each of its calls, by the call's name */
  run(service: ServiceForClients): Promise<Readonly<Record<string, unknown>>>;
}

export interface ServiceForClients {
  readonly url: string;
  readonly apiKey: string;
  /** Path of a WAV file. */
  readonly clip: string;
}

function client(name: string, stamp: string, command: () => readonly string[], path = ''): ForeignClient {
  return {
    name,
    isThere: existsSync(join(folder, `${stamp}.stamp`)),
    run: async ({ url, apiKey, clip }) => {
      const [program = '', ...args] = command();
      const { stdout } = await promisify(execFile)(program, args, {
        env: { ...process.env, HEARKEN_URL: url, API_KEY: apiKey, CLIP: clip, PYTHONPATH: path },
        timeout: 120_000,
        maxBuffer: 16 * 1024 * 1024,
      });
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Readonly<Record<string, unknown>>;
    },
  };
}

/** @param packages the name of its requirements file @param program in test/clients/python */
export function pythonClient(packages: string, program: string): ForeignClient {
  const command = (): string[] => ['python3', '-W', 'ignore', join('test/clients/python', `${program}.py`)];
  return client(`Python ${packages}`, `python-${packages}`, command, join(folder, 'python', packages));
}

export const goClients = client('Go', 'go', () => [join(folder, 'go-clients')]);
export const rustClients = client('Rust', 'rust', () => [join(folder, 'rust', 'debug', 'hearken-clients')]);
export const javaClients = client('Java', 'java', () => [
  'java',
  '-cp',
  readFileSync(join(folder, 'java-classpath'), 'utf8').trim(),
  'test/clients/java/Clients.java',
]);

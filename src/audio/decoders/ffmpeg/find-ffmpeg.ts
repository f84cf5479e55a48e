import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigurationError, programFolders } from '../../../config/environment.js';
import { limitedFfmpeg } from './ffmpeg-command.js';
import type { FfmpegProgram } from './ffmpeg-command.js';

export interface FoundFfmpeg {
  readonly program: FfmpegProgram;
  readonly version: string;
}

const answerTimeoutMs = 20_000;

/**
 * Finds the program that FFMPEG names, and runs it as recordings will run it.
 *
 * @param name name or path of the program
 * @param folders of programs; by default those of the variable PATH
 * @throws ConfigurationError when it is not there or does not run
 */
export async function findFfmpeg(name: string, folders = programFolders()): Promise<FoundFfmpeg> {
  const [ffmpeg, prlimit, setpriv] = await Promise.all(
    [name, 'prlimit', 'setpriv'].map((program) => locate(program, folders)),
  );
  if (ffmpeg === undefined) {
    throw new ConfigurationError([`FFMPEG is ${name}, and there is no such program`]);
  }
  if (prlimit === undefined || setpriv === undefined) {
    throw new ConfigurationError([
      'FFMPEG is set, and there are no programs prlimit and setpriv (of util-linux), which limit what ffmpeg may take',
    ]);
  }
  const program = { ffmpeg, prlimit, setpriv };
  const answer = await versionOf(program);
  const version = /^ffmpeg version (\S+)/.exec(answer)?.[1];
  if (version !== undefined) return { program, version };
  throw new ConfigurationError([`FFMPEG is ${name}, and ${ffmpeg} does not run, or is not ffmpeg`]);
}

async function locate(program: string, folders: readonly string[]): Promise<string | undefined> {
  const candidates = program.includes('/')
    ? [resolve(program)]
    : folders.map((folder) => join(resolve(folder), program));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

/** @returns the first bytes that it prints; none if it does not run */
function versionOf(program: FfmpegProgram): Promise<string> {
  const { file, args } = limitedFfmpeg(program, ['-version']);
  return new Promise((done) => {
    execFile(file, args, { env: {}, timeout: answerTimeoutMs, killSignal: 'SIGKILL' }, (error, stdout) =>
      done(error === null ? stdout : ''),
    );
  });
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findTool, missing } from '../deployment/tools.js';

/** For titles of tests that need ffmpeg. */
export const withoutFfmpeg = missing('ffmpeg', 'prlimit', 'setpriv');
export const hasFfmpeg = withoutFfmpeg === '';

/** The programs themselves; only for tests that are skipped where they are not installed. */
export const ffmpegProgram = {
  ffmpeg: findTool('ffmpeg') ?? '',
  prlimit: findTool('prlimit') ?? '',
  setpriv: findTool('setpriv') ?? '',
};

const sentence = resolve('test/fixtures/sense-and-sensibility-0880.wav');

/**
 * The sentence 0880, encoded by ffmpeg.
 *
 * @param ending of the file's name, which is that of its container
 * @param options of the output
 * @param repeated the sentence, this many times
 */
export function encodedSentence(ending: string, options: readonly string[] = [], repeated = 1): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'encoded-'));
  try {
    // In a file, since MP4 is finished by seeking.
    const path = join(folder, `file.${ending}`);
    const input = ['-stream_loop', String(repeated - 1), '-i', sentence];
    execFileSync(ffmpegProgram.ffmpeg, ['-loglevel', 'error', '-nostdin', ...input, ...options, path], {
      maxBuffer: 1e8,
    });
    return new Uint8Array(readFileSync(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As a phone records: the description of the tracks comes last. */
export function phoneRecording(repeated = 1): Uint8Array {
  return encodedSentence('m4a', ['-ar', '44100', '-c:a', 'aac', '-b:a', '64k'], repeated);
}

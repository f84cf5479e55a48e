// `npm run bench:memory`: how much memory a process that reads recordings takes for two minutes and for two hours of each format:
// it reads the short file again and again, until its memory is what that costs, and then the long one.
// Writes docs/measured/memory.json and the table of docs/decisions/2026-11-27-compressed-formats.md. Needs ffmpeg on the path.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError, orExit, root, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2,120' },
    /** How often all but the longest file are read. */
    times: { type: 'string', default: '15' },
    /** A regular expression of names. */
    only: { type: 'string' },
    output: { type: 'string' },
  },
});
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { fixtures } = await import('../shared/clips.mjs');
const { fillMemoryTable } = await import('../pages/memory-table.mjs');
const { ffmpegVersion } = await import('./encode.mjs');
const { readAlone } = await import('./read-alone.mjs');

/** Each with the extension of its file, and the options of ffmpeg. */
const formats = [
  ['16 kHz WAV', 'wav', '-c:a pcm_s16le'],
  ['44.1 kHz WAV of two channels', 'wav', '-ar 44100 -ac 2 -c:a pcm_s16le'],
  ['IMA ADPCM', 'wav', '-c:a adpcm_ima_wav'],
  ['Microsoft ADPCM', 'wav', '-c:a adpcm_ms'],
  ['GSM 6.10', 'wav', '-ar 8000 -c:a libgsm_ms'],
  ['G.722 in WAV', 'wav', '-c:a g722'],
  ['FLAC', 'flac', '-c:a flac'],
  ['FLAC in Ogg', 'oga', '-c:a flac'],
  ['MP3, 32 kbit/s', 'mp3', '-c:a libmp3lame -b:a 32k'],
  ['MP3, 128 kbit/s, 44.1 kHz, two channels', 'mp3', '-ar 44100 -ac 2 -c:a libmp3lame -b:a 128k'],
  ['Vorbis, q3', 'ogg', '-c:a libvorbis -q:a 3'],
  ['Opus in Ogg, 24 kbit/s', 'opus', '-c:a libopus -b:a 24k -application voip'],
  ['Opus in WebM, 32 kbit/s', 'webm', '-c:a libopus -b:a 32k'],
  ['Opus in MP4, description first', 'mp4', '-c:a libopus -b:a 32k -strict -2 -movflags +faststart'],
  ['Opus in MP4, description last', 'mp4', '-c:a libopus -b:a 32k -strict -2'],
  [
    'Opus in MP4, in fragments',
    'mp4',
    '-c:a libopus -b:a 32k -strict -2 -movflags frag_keyframe+empty_moov -frag_duration 5000000',
  ],
].map(([name, extension, options]) => ({ name, extension, options: options.split(' ') }));

const ffmpeg = ffmpegVersion();
await orExit(async () => {
  if (ffmpeg === undefined) {
    throw new SetupError('memory: ffmpeg is not on the path (on Debian: apt-get install ffmpeg)');
  }
});
const only = new RegExp(values.only ?? '');
const durations = values.minutes.split(',').map(Number);
const machine = describeMachine();
const folder = mkdtempSync(join(tmpdir(), 'hearken-memory-'));
const rows = [];
try {
  const clip = speech(join(folder, 'speech.wav'));
  for (const { name, extension, options } of formats.filter((format) => only.test(format.name))) {
    const files = durations.map((minutes, at) => {
      const path = join(folder, `${minutes}.${extension}`);
      run(['-stream_loop', '-1', '-i', clip, '-t', String(60 * minutes), ...options, path]);
      return { minutes, path, times: at < durations.length - 1 ? Number(values.times) : 1 };
    });
    const readings = await readAlone(files);
    const reads = files.map(({ minutes, path, times }, at) => {
      return { minutes, times, fileBytes: statSync(path).size, ...readings[at] };
    });
    for (const { path } of files) rmSync(path);
    rows.push({ name, reads });
    console.error(`memory: ${JSON.stringify(rows.at(-1))}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const result = { date: new Date().toISOString(), commit: currentCommit(), machine, ffmpeg, formats: rows };
const path = values.output ?? (values.only === undefined && join(root, 'docs', 'measured', 'memory.json'));
if (path) writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`);
if (path && values.output === undefined) fillMemoryTable();

/** The clips of the tests, one after the other: 16 kHz, one channel. @param {string} path */
function speech(path) {
  const samples = fixtures().map((clip) => readFileSync(clip).subarray(44));
  const raw = `${path}.raw`;
  writeFileSync(raw, Buffer.concat(samples));
  run(['-f', 's16le', '-ar', '16000', '-ac', '1', '-i', raw, path]);
  return path;
}

/** @param {string[]} options */
function run(options) {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...options]);
  if (status !== 0) throw new Error(`ffmpeg ${options.join(' ')}: ${String(stderr).trim()}`);
}

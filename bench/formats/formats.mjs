// `npm run bench:formats`: the word error rate of the same speech in every form that the service takes.
// Writes docs/measured/formats.json and the table of docs/api/formats.md. Needs ffmpeg on the path.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError, orExit, root, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: {
    manifest: { type: 'string' },
    clips: { type: 'string', default: '1000' },
    // The samples of all lossless forms are equal, so that fewer clips are enough.
    'lossless-clips': { type: 'string', default: '40' },
    'at-once': { type: 'string', default: '3' },
    /** A regular expression of names. */
    only: { type: 'string' },
    output: { type: 'string' },
  },
});
process.env.MODELS ??= 'moonshine-tiny-en';
process.env.LOG_LEVEL ??= 'error';
process.env.FFMPEG ??= 'ffmpeg';
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { withRecognition } = await import('../../dist/cli/recognition-context.js');
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { fillFormatsPage } = await import('../pages/formats-page.mjs');
const { evenly, speechClips } = await import('./clips.mjs');
const { ffmpegVersion } = await import('./encode.mjs');
const { forms, original } = await import('./forms.mjs');
const { compareForm, compareTogether, hearForm, misses } = await import('./measure.mjs');

const ffmpeg = ffmpegVersion();
await orExit(async () => {
  if (ffmpeg === undefined) {
    throw new SetupError('formats: ffmpeg is not on the path (on Debian: apt-get install ffmpeg)');
  }
});
const only = new RegExp(values.only ?? '');
const references = new Set([original.name, ...forms.map(({ reference }) => reference)]);
const { source, clips: all } = await speechClips(values.manifest);
const clips = evenly(all, Number(values.clips));
const machine = describeMachine();
const folder = mkdtempSync(join(tmpdir(), 'hearken-formats-'));
const rows = [];
const compared = [];
try {
  await withRecognition(async ({ transcriber, model, signal }) => {
    const hear = async (bytes) => {
      const transcription = await transcriber.open(bytes, { model }, signal);
      return (await transcription.transcript()).text;
    };
    const options = { hear, folder, atOnce: Number(values['at-once']) };
    const heard = new Map();
    for (const form of forms.filter(({ name }) => references.has(name) || only.test(name))) {
      const few = form.group === 'lossless' && form !== original;
      const result = await hearForm(
        form,
        few ? evenly(clips, Number(values['lossless-clips'])) : clips,
        options,
      );
      heard.set(form.name, result);
      const other = heard.get(form.reference ?? original.name);
      compared.push({ form, heard: result, other });
      rows.push(compareForm(form, result, other));
      console.error(`formats: ${JSON.stringify(rows.at(-1))}`);
    }
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const together = compareTogether(compared);
const seconds = Math.round(clips.reduce((sum, clip) => sum + clip.seconds, 0));
const result = {
  date: new Date().toISOString(),
  commit: currentCommit(),
  machine,
  ffmpeg,
  model: process.env.MODELS,
  clips: { source, count: clips.length, seconds },
  forms: rows,
  together,
};
const path = values.output ?? (values.only === undefined && join(root, 'docs', 'measured', 'formats.json'));
if (path) writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`);
if (path && values.output === undefined) fillFormatsPage();
for (const miss of misses([...rows, ...together])) {
  console.error(`Not held: ${miss}`);
  process.exitCode = 1;
}

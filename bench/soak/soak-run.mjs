import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import wavefile from 'wavefile';
import { readWholeClips } from '../shared/clips.mjs';
import { Service } from '../shared/service.mjs';

const sampleRate = 16_000;
const everyMs = 2_000;

/**
 * Starts the service, sends recordings whose lengths are spread evenly over the logarithm, and reads the memory of all
 * its processes every two seconds. Ends after so many recordings or minutes. @returns whether all were answered
 */
export async function soak(args) {
  const { values: options } = parseArgs({
    args,
    options: {
      utterances: { type: 'string', default: '10000' },
      minutes: { type: 'string', default: '60' },
      shortest: { type: 'string', default: '0.1' },
      longest: { type: 'string', default: '60' },
      'at-once': { type: 'string', default: '4' },
      workers: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      output: { type: 'string' },
    },
  });
  const service = await Service.start('dist/main.js', { LOG_LEVEL: 'error', WORKERS: options.workers });
  const random = generator(Number(options.seed));
  const recording = concatenated(readWholeClips());
  const until = performance.now() + Number(options.minutes) * 60_000;
  const started = performance.now();
  const samples = [];
  const outcomes = { answered: 0, refused: 0, audioSeconds: 0 };
  let sent = 0;
  const read = () => {
    samples.push({
      seconds: (performance.now() - started) / 1000,
      utterances: outcomes.answered,
      ...service.memory(),
    });
  };
  read();
  const timer = setInterval(read, everyMs);
  const client = async () => {
    while (sent < Number(options.utterances) && performance.now() < until) {
      sent++;
      const seconds =
        Number(options.shortest) * (Number(options.longest) / Number(options.shortest)) ** random();
      const length = Math.round(seconds * sampleRate);
      const from = Math.floor(random() * recording.length);
      if (await transcribe(service.url, wav(excerpt(recording, from, length)))) outcomes.answered++;
      else outcomes.refused++;
      outcomes.audioSeconds += seconds;
    }
  };
  await Promise.all(Array.from({ length: Number(options['at-once']) }, client));
  clearInterval(timer);
  read();
  await service.stop();
  report(samples, outcomes);
  if (options.output !== undefined) writeFileSync(options.output, JSON.stringify({ outcomes, samples }));
  return outcomes.refused === 0;
}

function report(samples, outcomes) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
  const last = samples.at(-1);
  console.log(
    `${outcomes.answered} recordings answered, ${outcomes.refused} not; ` +
      `${(outcomes.audioSeconds / 3600).toFixed(1)} h of audio in ${(last.seconds / 60).toFixed(1)} min`,
  );
  console.log('recordings  PSS MB  RSS MB');
  for (let step = 0; step <= 10; step++) {
    const wanted = (last.utterances * step) / 10;
    const at = samples.find(({ utterances }) => utterances >= wanted);
    console.log(
      `${String(at.utterances).padStart(10)}  ${megabytes(at.proportionalBytes).padStart(6)}  ${megabytes(at.residentBytes).padStart(6)}`,
    );
  }
  const most = (field) => megabytes(Math.max(...samples.map((sample) => sample[field])));
  console.log(`highest: ${most('proportionalBytes')} MB PSS, ${most('residentBytes')} MB RSS`);
  const each = last.proportionalBytesOfEach.map(megabytes).join(', ');
  console.log(`at the end, MB PSS of the process that talks to clients and of its children: ${each}`);
  // At the start the processes still grow into the longest pieces.
  const settled = samples.filter(({ utterances }) => utterances >= Math.min(1_000, last.utterances / 2));
  const growth =
    slope(settled.map(({ utterances, proportionalBytes }) => [utterances, proportionalBytes])) * 1_000;
  console.log(
    `growth after the first ${settled[0].utterances}: ${(growth / 1e6).toFixed(2)} MB PSS per 1,000`,
  );
}

/** Slope of the line of least squares. */
function slope(points) {
  const mean = (at) => sum(points.map((point) => point[at])) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = sum(points.map(([px]) => (px - x) ** 2));
  return spread === 0 ? 0 : sum(points.map(([px, py]) => (px - x) * (py - y))) / spread;
}

async function transcribe(url, bytes) {
  const form = new FormData();
  form.append('file', new Blob([bytes]), 'a.wav');
  const response = await fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form });
  await response.arrayBuffer();
  return response.status === 200;
}

/** @param samples int16 */
function wav(samples) {
  const file = new wavefile.WaveFile();
  file.fromScratch(1, sampleRate, '16', samples);
  return file.toBuffer();
}

function excerpt(recording, from, length) {
  return Int16Array.from({ length }, (_, at) => recording[(from + at) % recording.length]);
}

function concatenated(clips) {
  const all = clips.flatMap((clip) => [...clip, ...new Float32Array(sampleRate / 2)]);
  return Int16Array.from(all, (value) => Math.max(-1, Math.min(1, value)) * 32_767);
}

/** The same numbers on every run, from 0 to 1. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

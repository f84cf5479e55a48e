// `npm run bench:scale`: uploads to three services behind HAProxy and to one service, all on the cores of this machine.
// Writes docs/measured/scale-out.json and the figures in docs/operations/capacity.md. Needs haproxy on the path.
import '../../scripts/typescript-loader.mjs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { orExit, root, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '12' },
    'at-once': { type: 'string', default: '12' },
    manifest: { type: 'string' },
  },
});
process.env.MODELS ??= 'moonshine-tiny-en';
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { readClips } = await import('../shared/clips.mjs');
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { compared, summary } = await import('../shared/statistics.mjs');
const { Service } = await import('../shared/service.mjs');
const { measuredName } = await import('../pages/measured-run.mjs');
const { uploadFor } = await import('./uploads.mjs');
const { HAProxy, haproxyIsThere } = await import('../../test/support/haproxy.ts');

if (!haproxyIsThere)
  throw new Error('haproxy is not on the path: test/tools/test-packages.sh installs it on Debian');
const [rounds, seconds, atOnce] = [values.rounds, values.seconds, values['at-once']].map(Number);
const processes = 3;
const machine = describeMachine();
const { source, clips } = readClips(values.manifest, 64);

const services = [];
const startMs = [];
async function start(workers) {
  const from = performance.now();
  const service = await Service.start('dist/main.js', { WORKERS: String(workers), LOG_LEVEL: 'silent' });
  startMs.push(performance.now() - from);
  services.push(service);
  return service;
}

const proxy = await HAProxy.start(processes);
try {
  const single = await start(1);
  const wide = await start(machine.cores);
  const behind = [];
  for (let count = 0; count < processes; count++) {
    const service = await start(1);
    behind.push(service);
    await proxy.add(service.url);
  }
  const contenders = [
    { name: 'one service, one inference process', url: single.url, services: [single] },
    { name: `one service, ${machine.cores} inference processes`, url: wide.url, services: [wide] },
    {
      name: `${processes} services with one inference process each, behind HAProxy`,
      url: proxy.url,
      services: behind,
    },
  ].map((contender) => ({ ...contender, rounds: [] }));
  const graphs = (await Promise.all(services.map((service) => service.graphs()))).flat();
  for (const { url } of contenders) await uploadFor(url, clips, { seconds: 2, atOnce });
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < contenders.length; at++) {
      // Each round begins with another one.
      const contender = contenders[(at + round) % contenders.length];
      const cpu = () => contender.services.reduce((sum, service) => sum + service.cpuSeconds(), 0);
      const before = cpu();
      const measured = await uploadFor(contender.url, clips, { seconds, atOnce });
      contender.rounds.push({ ...measured, cpuSeconds: cpu() - before });
      console.error(
        `bench: ${contender.name}: ${measured.audioSecondsPerSecond.toFixed(1)} audio seconds per second`,
      );
    }
  }
  const result = {
    date: new Date().toISOString(),
    commit: currentCommit(),
    machine,
    graphs,
    clips: { source, count: clips.length },
    rounds,
    seconds,
    atOnce,
    startUntilReadyMs: summary(startMs),
    contenders: contenders.map((contender) => ({
      name: contender.name,
      ...figures(contender.rounds),
      timesFirst: summary(compared(speeds(contender.rounds), speeds(contenders[0].rounds))),
    })),
  };
  writeFileSync(
    join(root, 'docs', 'measured', `${measuredName('scale-out', machine)}.json`),
    `${JSON.stringify(result, null, 1)}\n`,
  );
} finally {
  await Promise.all(services.map((service) => service.stop()));
  await proxy.stop();
}
const { fillMeasured } = await import('../pages/capacity-page.mjs');
fillMeasured();

function speeds(measured) {
  return measured.map(({ audioSecondsPerSecond }) => audioSecondsPerSecond);
}

function figures(measured) {
  const of = (figure) => summary(measured.map(figure));
  return {
    audioSecondsPerSecond: of((round) => round.audioSecondsPerSecond),
    /** Processor time of the services, without the clients and HAProxy on the same cores. */
    audioSecondsPerCpuSecond: of((round) => round.audioSeconds / round.cpuSeconds),
    latencyMs: { p50: of((round) => round.p50Ms), p95: of((round) => round.p95Ms) },
    answers: measured.reduce((total, { answers }) => total + answers, 0),
    failures: measured.reduce((total, { failures }) => total + failures, 0),
  };
}

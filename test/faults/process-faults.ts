import { setTimeout as sleep } from 'node:timers/promises';
import { valueOf } from '../support/prometheus-text.js';
import type { Fault, Observation, Phase } from './fault.js';
import type { FaultyService, State } from './faulty-service.js';
import { isRunning } from './proc.js';
import type { ProcessKind } from './proc.js';
import { allWhole, begin } from './traffic.js';
import type { Work, WorkName } from './traffic.js';

const nameOf: Readonly<Record<ProcessKind, string>> = {
  decoding: 'Inference process',
  spare: 'Spare inference process',
  'voice-activity': 'Voice activity process',
  reading: 'Reading process',
  'live-decoding': 'Process that decodes live audio',
};

/** Work that needs a process of that kind. */
const worksOf: Readonly<Record<ProcessKind, readonly WorkName[]>> = {
  decoding: ['clip', 'listen', 'realtime'],
  spare: ['clip', 'listen', 'realtime'],
  'voice-activity': ['listen', 'realtime'],
  reading: ['clip', 'recording'],
  'live-decoding': ['opus'],
};

const phasesOf: Readonly<Record<ProcessKind, readonly Phase[]>> = {
  decoding: ['starting', 'idle', 'recognizing', 'partials', 'finalizing'],
  spare: ['starting', 'idle', 'recognizing', 'partials'],
  'voice-activity': ['starting', 'idle', 'partials', 'finalizing'],
  reading: ['starting', 'idle', 'recognizing'],
  'live-decoding': ['starting', 'idle', 'partials', 'finalizing'],
};

const signals = { killed: 'SIGKILL', stopped: 'SIGSTOP' } as const;

/** All that decode. */
export function decoders(service: FaultyService): number[] {
  return [...service.pidsOf('decoding'), ...service.pidsOf('spare')];
}

export function send(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}

/** Begins the work and waits until the phase has come. */
export async function workIn(
  phase: Phase,
  service: FaultyService,
  names: readonly WorkName[],
): Promise<Work[]> {
  if (phase === 'idle' || phase === 'starting') return [];
  if (phase === 'recognizing') {
    const works = [begin(service, 'recording'), ...names.map((name) => begin(service, name))];
    await service.until(async () => (await service.running()) > 0);
    return works;
  }
  const works = names.map((name) => begin(service, name));
  await Promise.all(works.map((work) => (phase === 'partials' ? work.partial : work.finalizing)));
  return works;
}

interface Met {
  readonly before: State;
  readonly works: readonly Work[];
  /** Began after the fault: may be refused, because it would wait for longer than MAX_WAIT_MS. */
  readonly later?: readonly Work[];
  readonly since: number;
}

/** Checks that all work got its text, that all processes came back, and that nothing else is left. */
export async function outlived(
  service: FaultyService,
  { before, works, later = [], since }: Met,
): Promise<Observation> {
  const [client, refused, recoveryMs] = await Promise.all([
    allWhole(works),
    allWhole(later, '503 `QUEUE_FULL` with Retry-After'),
    service.untilRecovered(before, since),
  ]);
  await service.untilAsBefore(before, since);
  return { client: [...new Set([...client, ...refused])], recoveryMs };
}

/** Waits for the next process of the kind that has not been there before. */
async function nextProcess(
  service: FaultyService,
  kind: ProcessKind,
  known: readonly number[],
): Promise<number> {
  let found: number | undefined;
  await service.until(() => {
    found = service.pidsOf(kind).find((pid) => !known.includes(pid));
    return found !== undefined;
  });
  return found!;
}

async function replaced(service: FaultyService, pool: ProcessKind): Promise<number> {
  return valueOf(await service.metrics(), 'hearken_worker_restarts_total', { pool }) ?? 0;
}

/** Requests after which a stopped process has to be replaced. */
const mostWorks = 30;

function processFault(kind: ProcessKind, how: keyof typeof signals, phase: Phase): Fault {
  const signal = signals[how];
  return {
    kind: `${nameOf[kind]} ${how}`,
    how: signal,
    phase,
    quick: how === 'killed' && (phase === 'partials' || (kind === 'reading' && phase === 'recognizing')),
    // A process that is stopped while it loads has two minutes.
    slow: how === 'stopped' && phase === 'starting',
    async run(service: FaultyService): Promise<Observation> {
      const before = await service.state();
      const replacedBefore = await replaced(service, kind);
      const works = await workIn(phase, service, worksOf[kind]);
      const pids = service.pidsOf(kind);
      let since = performance.now();
      if (phase === 'starting') {
        send(pids.slice(0, 1), 'SIGKILL');
        const next = await nextProcess(service, kind, pids);
        await sleep(50);
        since = performance.now();
        send([next], signal);
      } else {
        send(pids.slice(0, 1), signal);
      }
      // Whoever comes now meets the fault.
      if (works.length === 0) works.push(...worksOf[kind].map((name) => begin(service, name)));
      // Nobody misses a stopped process before its next request, and it is not always the next one's turn.
      const later: Work[] = [];
      while (how === 'stopped' && phase !== 'starting' && isRunning(pids[0]!) && later.length < mostWorks) {
        await Promise.race([sleep(1_000), (later.at(-1) ?? works.at(-1)!).outcome]);
        later.push(begin(service, worksOf[kind][0]!));
      }
      const observation = await outlived(service, { before, works, later, since });
      if ((await replaced(service, kind)) === replacedBefore)
        throw new Error(`no process of pool="${kind}" was counted as replaced`);
      return observation;
    },
  };
}

/** Kills all that a function names, with all kinds of work under way. */
function killedTogether(
  kind: string,
  phase: Phase,
  pidsIn: (service: FaultyService) => readonly number[],
  names: readonly WorkName[],
): Fault {
  return {
    kind,
    how: 'SIGKILL, all in one instant',
    phase,
    quick: true,
    async run(service) {
      const before = await service.state();
      const works = await workIn(phase, service, names);
      const since = performance.now();
      send(pidsIn(service), 'SIGKILL');
      if (works.length === 0) works.push(...names.map((name) => begin(service, name)));
      return outlived(service, { before, works, since });
    },
  };
}

const kills = 6;

const crashLoop: Fault = {
  kind: 'Inference processes end again and again',
  how: `SIGKILL of all as soon as they are there, ${kills} times`,
  phase: 'idle',
  async run(service) {
    const before = await service.state();
    const firstLine = service.log.length;
    for (let times = 0; times < kills; times++) {
      await service.until(async () => (await service.state()).ready);
      send(decoders(service), 'SIGKILL');
      await service.until(async () => !(await service.state()).ready);
    }
    const since = performance.now();
    const work = begin(service, 'clip');
    const observation = await outlived(service, { before, works: [work], since });
    const pauses = service.log
      .slice(firstLine)
      .flatMap(({ pauseMs }) => (pauseMs as number | undefined) ?? []);
    if (Math.max(...pauses) < 200)
      throw new Error(`the pauses before the starts did not grow: ${pauses.join(', ')}`);
    return observation;
  },
};

const kinds = Object.keys(nameOf) as ProcessKind[];

export const processFaults: readonly Fault[] = [
  ...kinds.flatMap((kind) =>
    (['killed', 'stopped'] as const).flatMap((how) =>
      phasesOf[kind]
        // Two minutes each: once is enough.
        .filter((phase) => how === 'killed' || phase !== 'starting' || kind === 'decoding')
        .map((phase) => processFault(kind, how, phase)),
    ),
  ),
  killedTogether('All inference processes killed', 'idle', decoders, ['clip', 'listen']),
  killedTogether('All inference processes killed', 'recognizing', decoders, ['clip', 'listen']),
  killedTogether(
    'Every process but the main one killed',
    'partials',
    (service) => service.processes().map(({ pid }) => pid),
    ['listen', 'opus', 'realtime'],
  ),
  crashLoop,
];

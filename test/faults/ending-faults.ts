import type { Fault, Phase } from './fault.js';
import { FaultyService } from './faulty-service.js';
import { isRunning } from './proc.js';
import { workIn } from './process-faults.js';
import { allWhole, begin, judged } from './traffic.js';
import type { Work, WorkName } from './traffic.js';

const worksOf: Readonly<Partial<Record<Phase, readonly WorkName[]>>> = {
  idle: [],
  recognizing: ['clip'],
  partials: ['listen', 'opus', 'realtime'],
  finalizing: ['listen', 'opus', 'realtime'],
};
const phases = ['idle', 'recognizing', 'partials', 'finalizing'] as const;
const orphanSeconds = 20;

async function untilNoneIsLeft(service: FaultyService, pids: readonly number[]): Promise<void> {
  await service
    .until(() => !pids.some((pid) => isRunning(pid)), orphanSeconds)
    .catch(() => {
      throw new Error(`orphans: ${pids.filter((pid) => isRunning(pid)).join(', ')}`);
    });
}

function ended(phase: Phase): Fault {
  return {
    kind: 'SIGTERM',
    how: 'SIGTERM',
    phase,
    endsService: true,
    async run(service) {
      const works: Work[] = await workIn(phase, service, worksOf[phase] ?? []);
      const pids = service.processes().map(({ pid }) => pid);
      const since = performance.now();
      service.signal('SIGTERM');
      const outcomes = await Promise.all(works.map(({ outcome }) => outcome));
      const { code } = await service.exited;
      if (code !== 0) throw new Error(`the service ended with ${code}`);
      const recoveryMs = performance.now() - since;
      await untilNoneIsLeft(service, pids);
      const client = outcomes.map(({ name, text, seen }) => {
        // A stream whose socket is closed with 1012 goes on elsewhere: what was said before has its final.
        if (phase === 'partials' && seen.startsWith('close 1012')) return 'close 1012';
        const saw = judged({ name, text, seen });
        if (saw !== 'whole text') throw new Error(`${name} got ${saw}`);
        return saw;
      });
      return { client: client.length > 0 ? client : ['nothing'], recoveryMs };
    },
  };
}

function mainKilled(phase: Phase): Fault {
  return {
    kind: 'Main process killed',
    how: 'SIGKILL, then started again on the same port',
    phase,
    endsService: true,
    async run(service) {
      const works = await workIn(phase, service, worksOf[phase] ?? []);
      const pids = service.processes().map(({ pid }) => pid);
      const { port, settings } = service;
      const since = performance.now();
      service.signal('SIGKILL');
      const seen = await Promise.all(works.map(async ({ outcome }) => judged(await outcome)));
      await service.exited;
      const next = await FaultyService.start({ ...settings, PORT: String(port) });
      const recoveryMs = performance.now() - since;
      try {
        await untilNoneIsLeft(service, pids);
        await allWhole([begin(next, 'clip')]);
      } finally {
        await next.kill();
      }
      return { client: seen.length > 0 ? seen : ['connection cut'], recoveryMs };
    },
  };
}

export const endingFaults: readonly Fault[] = [...phases.map(ended), ...phases.map(mainKilled)];

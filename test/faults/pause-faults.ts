import { setTimeout as sleep } from 'node:timers/promises';
import { RawConnection } from '../support/raw-connection.js';
import type { Fault } from './fault.js';
import type { FaultyService } from './faulty-service.js';
import { send } from './process-faults.js';
import { allWhole, begin, beginSlowUpload } from './traffic.js';
import { keys } from './faulty-service.js';

interface Pause {
  readonly ms: number;
  readonly how: string;
  readonly pidsIn: (service: FaultyService) => readonly number[];
}

function paused(kind: string, { ms, how, pidsIn }: Pause, more: Partial<Fault>): Fault {
  return {
    kind: `${kind} paused for ${ms / 1_000} s`,
    how,
    phase: 'partials',
    ...more,
    async run(service) {
      const before = await service.state();
      const restarts = service.processes().map(({ pid }) => pid);
      // An upload that is under way all the time, and a head of which one half comes before the pause.
      const works = [beginSlowUpload(service, 4_000), begin(service, 'recording')];
      const half = await RawConnection.open(
        service.url,
        `GET /v1/models HTTP/1.1\r\nhost: localhost\r\nauthorization: `,
      );
      const live = (['listen', 'opus', 'realtime'] as const).map((name) => begin(service, name));
      await Promise.all(live.map(({ partial }) => partial));
      const pids = pidsIn(service);
      send(pids, 'SIGSTOP');
      await sleep(ms);
      send(pids, 'SIGCONT');
      const since = performance.now();
      const recovered = service.untilRecovered(before, since);
      half.socket.write(`Bearer ${keys.alice}\r\nconnection: close\r\n\r\n`);
      const client = await allWhole([...works, ...live]);
      await service.until(() => half.ended);
      half.drop();
      // Node measures the time of a head by the clock.
      const [answered = 0] = half.statuses;
      if (answered !== 200 && answered !== 408)
        throw new Error(`half a head got ${half.answer.slice(0, 40)}`);
      await service.untilAsBefore(before, since);
      const now = service.processes().map(({ pid }) => pid);
      if (restarts.some((pid) => !now.includes(pid)))
        throw new Error(
          `a healthy process was replaced: ${service.log.map(({ reason }) => reason ?? '').join(' ')}`,
        );
      return { client: [...client, `half a head: ${answered}`], recoveryMs: await recovered };
    },
  };
}

const mainOnly = (service: FaultyService): readonly number[] => [service.pid];
/** Shorter than the pause, which must not count: what comes late is not taken for lost. */
const settings = { WORKER_TIMEOUT_MS: '14000' };

export const pauseFaults: readonly Fault[] = [
  // Longer than the time in which a process has to begin with a request.
  paused('Main process', { ms: 6_000, how: 'SIGSTOP, SIGCONT', pidsIn: mainOnly }, { quick: true }),
  paused('Main process', { ms: 15_000, how: 'SIGSTOP, SIGCONT', pidsIn: mainOnly }, { settings }),
  paused(
    'All processes',
    {
      ms: 15_000,
      how: 'SIGSTOP, SIGCONT, as when a container is frozen',
      pidsIn: (service) => [service.pid, ...service.processes().map(({ pid }) => pid)],
    },
    { settings },
  ),
];

import { execFileSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { head, RawConnection } from '../support/raw-connection.js';
import type { Fault } from './fault.js';
import { FaultyService, keys } from './faulty-service.js';
import { descriptorsOf } from './proc.js';
import { box, fileType } from '../support/mp4-writer.js';
import { bytesOf } from '../support/wav-writer.js';
import { decoders, outlived, send } from './process-faults.js';
import { allWhole, begin, everyWork, judged } from './traffic.js';

const authorization = `Bearer ${keys.alice}`;

function hasPrograms(...names: readonly string[]): boolean {
  return names.every((name) =>
    (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name))),
  );
}

const needsPrlimit = (): string | undefined =>
  hasPrograms('prlimit') ? undefined : 'prlimit (util-linux) is not installed';

/** A file system of that size, for the time of a fault; undefined where mounting is not permitted. */
function mountSmall(
  kilobytes: number,
): { readonly folder: string; readonly unmount: () => void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { folder, unmount: () => execFileSync('umount', ['-l', folder]) };
}

const needsMount = (): string | undefined => {
  const mounted = mountSmall(64);
  mounted?.unmount();
  return mounted === undefined ? 'mounting a tmpfs is not permitted' : undefined;
};

/** Writes until nothing fits any more. @returns frees it */
function fill(folder: string): () => Promise<void> {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  try {
    for (const bytes of [Buffer.alloc(65_536), Buffer.alloc(512), Buffer.alloc(1)]) {
      try {
        for (;;) writeSync(file, bytes);
      } catch {
        // It is full for pieces of this size.
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rm(path, { force: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The folder that is small. */
let smallFolder = '';

const diskFull: Fault = {
  kind: 'Disk full',
  how: 'TMPDIR, HOME and the file of the log on a full tmpfs; all inference processes killed',
  phase: 'partials',
  impossible: needsMount,
  async own() {
    const { folder, unmount } = mountSmall(512)!;
    smallFolder = folder;
    const log = openSync(join(folder, 'log'), 'w');
    const port = String(await freePort());
    const service = await FaultyService.start({ PORT: port, TMPDIR: folder, HOME: folder }, { logTo: log });
    return {
      service,
      end: async () => {
        await service.kill();
        closeSync(log);
        unmount();
      },
    };
  },
  async run(service) {
    const logged = (): number => readFileSync(join(smallFolder, 'log')).length;
    const before = await service.state();
    const free = fill(smallFolder);
    const works = everyWork.map((name) => begin(service, name));
    await Promise.all(works.map(({ partial }) => partial));
    send(decoders(service), 'SIGKILL');
    const client = await allWhole(works);
    // Enough lines for what is left of the last page of the file.
    for (let times = 0; times < 30; times++) await allWhole([begin(service, 'clip')]);
    await service.untilAsBefore(before, performance.now());
    const written = logged();
    await free();
    const since = performance.now();
    await allWhole([begin(service, 'clip')]);
    await service.until(() => logged() > written);
    return { client, recoveryMs: performance.now() - since };
  },
};

const logReaderGone: Fault = {
  kind: 'Reader of the log gone',
  how: 'the other end of standard output closed',
  phase: 'partials',
  endsService: true,
  async run(service) {
    const before = await service.state();
    service.child.stdout?.destroy();
    const since = performance.now();
    const client = await allWhole(everyWork.map((name) => begin(service, name)));
    await allWhole([begin(service, 'clip')]);
    await service.untilAsBefore(before, since);
    return { client, recoveryMs: 0 };
  },
};

function limit(pid: number, what: string): void {
  execFileSync('prlimit', ['--pid', String(pid), what]);
}

const descriptorsGone: Fault = {
  kind: 'No descriptors left',
  how: 'prlimit --nofile of the main process at what it has, one inference process killed, limit restored',
  phase: 'partials',
  quick: true,
  impossible: needsPrlimit,
  async run(service) {
    const before = await service.state();
    const works = (['listen', 'realtime', 'opus'] as const).map((name) => begin(service, name));
    await Promise.all(works.map(({ partial }) => partial));
    const usual = /Max open files\s+(\d+)\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/limits`, 'utf8'))!;
    limit(service.pid, `--nofile=${descriptorsOf(service.pid)}:${usual[2]}`);
    let client: readonly string[];
    try {
      send(service.pidsOf('decoding').slice(0, 1), 'SIGKILL');
      const client_ = await Promise.all([
        allWhole(works),
        ...[1, 2, 3].map(async () => [judged(await begin(service, 'clip').outcome)]),
      ]);
      client = client_.flat();
    } finally {
      limit(service.pid, `--nofile=${usual[1]}:${usual[2]}`);
    }
    const since = performance.now();
    const recoveryMs = await service.untilAsBefore(before, since);
    await allWhole([begin(service, 'clip')]);
    return { client, recoveryMs };
  },
};

const memoryOfAProcess: Fault = {
  kind: 'Inference process gets no memory',
  how: 'prlimit --as of one at what it has',
  phase: 'recognizing',
  impossible: needsPrlimit,
  async run(service) {
    const before = await service.state();
    const [pid] = service.pidsOf('decoding');
    const kilobytes = Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    // Only the soft limit: some containers do not let root raise the hard one again.
    limit(pid!, `--as=${kilobytes * 1_024}:`);
    const since = performance.now();
    const client = await allWhole(everyWork.map((name) => begin(service, name)));
    // If it did without more memory, it is as it was.
    if (service.pidsOf('decoding').includes(pid!)) limit(pid!, '--as=unlimited:');
    return { client, recoveryMs: await service.untilAsBefore(before, since) };
  },
};

const audioMemoryFull: Fault = {
  kind: 'Memory for audio full',
  how: 'MAX_HELD_BYTES taken by uploads that stand still',
  phase: 'partials',
  quick: true,
  settings: { MAX_HELD_BYTES: '8388608', MAX_UPLOAD_BYTES: '8000000' },
  async run(service) {
    const before = await service.state();
    const headers = {
      authorization,
      'content-type': 'application/octet-stream',
      'content-length': 7_900_000,
    };
    const stalled = await RawConnection.open(service.url, head('POST /v1/listen', headers));
    // The beginning of an MP4 file whose description comes last, so that all bytes have to be held.
    const beginning = Buffer.alloc(7_800_000);
    beginning.set(bytesOf(fileType, box('mdat', new Uint8Array(0), 7_800_000)));
    stalled.socket.write(beginning);
    await service.until(async () => (await service.state()).heldBytes >= 7_800_000);
    const live = begin(service, 'listen');
    const refused = judged(await begin(service, 'recording').outcome);
    if (!refused.startsWith('503 `MEMORY_FULL` with Retry-After'))
      throw new Error(`an upload saw ${refused}`);
    const client = await allWhole([live]);
    stalled.drop();
    const since = performance.now();
    const recoveryMs = await service.untilAsBefore(before, since);
    await allWhole([begin(service, 'recording')]);
    return { client: [refused, ...client.map((word) => `streams: ${word}`)], recoveryMs };
  },
};

const cgroups = '/sys/fs/cgroup/memory';
const group = join(cgroups, `hearken-faults-${process.pid}`);
const groupLimit = join(group, 'memory.limit_in_bytes');

const memoryNearLimit: Fault = {
  kind: 'Memory at the limit of the container',
  how: 'limit of a control group (v1) at what is used, raised afterwards',
  phase: 'recognizing',
  impossible: () => {
    try {
      accessSync(join(cgroups, 'memory.limit_in_bytes'), constants.W_OK);
      return undefined;
    } catch {
      return 'there is no writable control group for memory (v1)';
    }
  },
  async own() {
    mkdirSync(group);
    const service = await FaultyService.start(
      {},
      { through: ['sh', '-c', `echo $$ > ${join(group, 'cgroup.procs')}; exec "$@"`, 'sh'] },
    );
    return {
      service,
      end: async () => {
        writeFileSync(groupLimit, '-1');
        await service.kill();
        await service.until(() => readFileSync(join(group, 'cgroup.procs'), 'utf8') === '');
        rmdirSync(group);
      },
    };
  },
  async run(service) {
    const inGroup = (name: string): string => readFileSync(join(group, name), 'utf8');
    const before = await service.state();
    writeFileSync(groupLimit, String(Number(inGroup('memory.usage_in_bytes')) + 1_048_576));
    const works = [...everyWork, 'recording' as const, 'recording' as const].map((name) =>
      begin(service, name),
    );
    await service.until(() => /oom_kill [1-9]/.test(inGroup('memory.oom_control')));
    await sleep(2_000);
    if (service.hasEnded) throw new Error('the main process was killed');
    writeFileSync(groupLimit, '-1');
    return outlived(service, { before, works, since: performance.now() });
  },
};

/** Moves the clock of the main process at SIGUSR2: an hour on, then two back. */
const movableClock = `data:text/javascript,${encodeURIComponent(`
  const RealDate = Date; let offMs = 0; const steps = [3600e3, -7200e3];
  globalThis.Date = class extends RealDate {
    constructor(...args) { if (args.length === 0) super(RealDate.now() + offMs); else super(...args); }
    static now() { return RealDate.now() + offMs; }
  };
  process.on('SIGUSR2', () => { offMs += steps.shift() ?? 0; });
`)}`;

const clockJumps: Fault = {
  kind: 'Clock jumps',
  how: '`Date` of the main process moved an hour on, then two back; not the clock of the machine',
  phase: 'partials',
  async own() {
    const service = await FaultyService.start({}, { nodeArgs: ['--import', movableClock] });
    return { service, end: () => service.kill() };
  },
  async run(service) {
    const before = await service.state();
    for (let jump = 0; jump < 2; jump++) {
      const works = everyWork.map((name) => begin(service, name));
      await Promise.all(works.map(({ partial }) => partial));
      service.signal('SIGUSR2');
      await allWhole(works);
    }
    await service.untilAsBefore(before, performance.now());
    return { client: ['whole text'], recoveryMs: 0 };
  },
};

/** Where Debian's package libfaketime has it. */
const fakeTime = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`;
const hourSeconds = 3_600;
let offsetFile = '';

/** The real clock, with a difference that all processes of the service take from a file. */
const clockOfTheMachineJumps: Fault = {
  kind: 'Clock of the machine jumps',
  how: 'libfaketime: the clock of all processes goes an hour on, then two back; monotonic time goes on',
  phase: 'partials',
  impossible: () => (existsSync(fakeTime) ? undefined : 'libfaketime is not installed'),
  async own() {
    const folder = mkdtempSync(join(tmpdir(), 'hearken-clock-'));
    offsetFile = join(folder, 'offset');
    writeFileSync(offsetFile, '+0\n');
    const service = await FaultyService.start({
      LD_PRELOAD: fakeTime,
      FAKETIME_TIMESTAMP_FILE: offsetFile,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    return {
      service,
      end: async () => {
        await service.kill();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
  async run(service) {
    const before = await service.state();
    for (const seconds of [hourSeconds, -hourSeconds]) {
      const works = everyWork.map((name) => begin(service, name));
      await Promise.all(works.map(({ partial }) => partial));
      writeFileSync(offsetFile, `${seconds > 0 ? '+' : ''}${seconds}\n`);
      await allWhole(works);
      await allWhole([begin(service, 'clip')]);
      const { headers } = await fetch(`${service.url}/health/live`);
      const offMs = Date.parse(headers.get('date') ?? '') - Date.now();
      if (Math.abs(offMs - seconds * 1_000) > 60_000)
        throw new Error(`the clock of the service is off by ${offMs} ms instead of ${seconds} s`);
    }
    await service.untilAsBefore(before, performance.now());
    return { client: ['whole text'], recoveryMs: 0 };
  },
};

export const resourceFaults: readonly Fault[] = [
  diskFull,
  logReaderGone,
  descriptorsGone,
  memoryOfAProcess,
  audioMemoryFull,
  memoryNearLimit,
  clockJumps,
  clockOfTheMachineJumps,
];

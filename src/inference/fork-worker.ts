import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { EntryPoint } from '../common/entry-point.js';
import { childEnvironment } from '../config/environment.js';
import { commandOfNode } from './end-with-parent.js';

/**
 * Recognition fills every core: the process that holds the sockets goes first when it has something to do, and a process
 * for which somebody waits goes before those that decode one long segment after the other. A process with the second
 * number gets a third of the time of one with the first while they share a core. Both are added to the niceness of the
 * service. Neither can be changed later: a process without privileges cannot lower its niceness.
 */
export const niceness = { prompt: 5, throughput: 10 } as const;

/** The largest niceness. */
const leastPriority = 19;

export interface ForkOptions {
  /** Shown by `ps` after the entry, for those whose entry is the same. */
  readonly name?: string | undefined;
  /** Further options of node. */
  readonly execArgv?: readonly string[] | undefined;
  /** By default `niceness.prompt`. */
  readonly niceness?: number | undefined;
}

/**
 * Starts a process of node with what onnxruntime needs, which ends with this one.
 * @param entry calls `serveRequests`
 * @throws Error with the reason when there is no process
 */
export async function forkWorker(entry: EntryPoint, options: ForkOptions = {}): Promise<ChildProcess> {
  const { name, execArgv = [] } = options;
  const { program, args } = await commandOfNode();
  const child = fork(fileURLToPath(entry.url), name === undefined ? [] : [name], {
    // Typed arrays travel as they are.
    serialization: 'advanced',
    // A request makes few objects, and they are garbage once it is answered. external-memory.ts says when to collect them, and
    // further threads would only wait for each other on cores that decode.
    execPath: program,
    execArgv: [
      ...args,
      '--max-semi-space-size=1',
      '--expose-gc',
      '--single-threaded-gc',
      ...execArgv,
      ...entry.execArgv,
    ],
    // Telemetry must be off before the library is loaded. V8 puts its code right behind malloc's heap, if that ends at an
    // aligned address when V8 starts, as it does with huge pages; the heap could then neither grow nor be given back. With
    // room at its end it has an address of any alignment then. With thresholds of less than 2 MB, glibc returns freed memory to
    // the kernel, which clears pages all the time; without thresholds it keeps too much. A step reads nearly all weights: in
    // pages of 2 MB, where the kernel grants them on request, it takes a tenth less time.
    env: childEnvironment({
      ORT_DISABLE_TELEMETRY: '1',
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '2097152',
      MALLOC_TRIM_THRESHOLD_: '2097152',
      MALLOC_TOP_PAD_: '2097152',
      GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
    }),
  });
  // Without descriptors there is neither a process nor a channel.
  if (child.pid === undefined) throw ((await once(child, 'error')) as [Error])[0];
  setPriority(child.pid, Math.min(leastPriority, getPriority() + (options.niceness ?? niceness.prompt)));
  preferWhenMemoryEnds(child.pid);
  return child;
}

/** The kernel kills a process when memory ends: this one can be replaced, the service with its sockets cannot. */
function preferWhenMemoryEnds(pid: number): void {
  // Only Linux has the file; elsewhere the system chooses.
  writeFile(`/proc/${pid}/oom_score_adj`, '500', () => undefined);
}

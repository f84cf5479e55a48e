// Time and memory of a process and all that it started, from /proc.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The process and all below it. */
export function processTree(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

/** Processor time since the process started, to a hundredth of a second. */
export function cpuSecondsOf(pid) {
  // The name in brackets may contain anything; utime and stime are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Processor time of a process and its descendants since they started: a map from process id to seconds. */
export function cpuSecondsByProcess(pid) {
  return new Map(processTree(pid).map((each) => [each, cpuSecondsOf(each)]));
}

export function peakBytesOf(pid) {
  return kilobytes(`/proc/${pid}/status`, 'VmHWM') * 1024;
}

/** Resident now; pages that processes share are counted for each of them. */
export function residentBytesOf(pid) {
  return kilobytes(`/proc/${pid}/status`, 'VmRSS') * 1024;
}

/** Resident now; a page that n processes share counts for a nth. */
export function proportionalBytesOf(pid) {
  return kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') * 1024;
}

/** The same without the pages of files: code and graphs, whose share depends on what else runs on the machine. */
export function anonymousBytesOf(pid) {
  return kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss_Anon') * 1024;
}

/** Open sockets, listening ones and pipes to children among them. */
export function openSocketsOf(pid) {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => isSocket(`/proc/${pid}/fd/${fd}`)).length;
}

export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function kilobytes(file, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))[1]);
}

function isSocket(link) {
  try {
    return readlinkSync(link).startsWith('socket:');
  } catch {
    // Closed since the folder was read.
    return false;
  }
}

// What a service holds on to, as the kernel and its metrics say.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { processTree } from './process-tree.mjs';

/** Gauges that are 0 when no client is there. */
const gauges = ['hearken_places_used', 'hearken_held_bytes', 'hearken_queued_segments'];

/**
 * Counts by the script that a process runs, `processes` among them.
 * @param {number} pid of the main process
 * @param {string} folder of its temporary files
 * @returns {Record<string, number>} by what is counted, as in `main.js sockets`
 */
export function handlesOf(pid, folder) {
  /** @type {Record<string, number>} */
  const counts = { 'temporary files': readdirSync(folder, { recursive: true }).length };
  for (const each of processTree(pid)) {
    const name = scriptOf(each);
    const links = readdirSync(`/proc/${each}/fd`).map((fd) => linkOf(`/proc/${each}/fd/${fd}`));
    add(counts, `${name} processes`, 1);
    add(counts, `${name} threads`, readdirSync(`/proc/${each}/task`).length);
    add(counts, `${name} descriptors`, links.length);
    add(counts, `${name} sockets`, links.filter((link) => link.startsWith('socket:')).length);
  }
  return counts;
}

/** @returns {string[]} a line for each thing of which there is more than before */
export function moreThan(before, after) {
  return Object.entries(after)
    .filter(([name, count]) => count > (before[name] ?? 0))
    .map(([name, count]) => `${name}: ${before[name] ?? 0} before, ${count} after`);
}

/** @param {string} metrics text of /metrics @returns {string[]} the gauges that are not 0 @throws Error if one is missing */
export function heldIn(metrics) {
  for (const name of gauges)
    if (!metrics.includes(`# TYPE ${name} `)) throw new Error(`/metrics has no ${name}`);
  return metrics
    .split('\n')
    .filter((line) => gauges.some((name) => line.startsWith(name + '{') || line.startsWith(name + ' ')))
    .filter((line) => !line.endsWith(' 0'));
}

function add(counts, name, count) {
  counts[name] = (counts[name] ?? 0) + count;
}

function scriptOf(pid) {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return basename(words.find((word) => /\.[cm]?[jt]s$/.test(word) && !word.includes('loader')) ?? words[0]);
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    // Closed since the folder was read.
    return '';
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg, totalmem } from 'node:os';
import { availableCores } from '../../dist/inference/cpu-quota.js';
import { hugePagesAreRefused } from '../../dist/inference/loaded-graphs.js';
import { signedProductsSaturate } from '../../dist/onnx-graphs/signed-products.js';
import { root } from '../../scripts/setup.mjs';

/** What a figure is worth nothing without. */
export function describeMachine() {
  const cpuinfo = readFileSync('/proc/cpuinfo', 'utf8');
  const flags = /^flags\s*: (.*)$/m.exec(cpuinfo)?.[1].split(' ') ?? [];
  return {
    processor: /^model name\s*: (.*)$/m.exec(cpuinfo)?.[1].trim() ?? process.arch,
    cores: availableCores(),
    /** Whether signed products are fast here: x86-64 without VNNI needs about half more time. */
    signedProductsSaturate: signedProductsSaturate(),
    hugePagesRefused: hugePagesAreRefused(),
    flags: flags.filter((flag) => /^(avx|fma|f16c|amx|vnni)/.test(flag)),
    memoryGigabytes: Math.round(totalmem() / 1e9),
    node: process.version,
    loadAverageAtStart: Number(loadavg()[0].toFixed(1)),
  };
}

/** The commit that is measured. */
export function currentCommit() {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
}

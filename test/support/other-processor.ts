import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An x86 processor of 2013: AVX2, no AVX-512, no VNNI. Without what the emulation would only warn that it lacks. */
const processor = 'Haswell,-pcid,-x2apic,-tsc-deadline,-hle,-rtm,-invpcid';
const emulator = 'qemu-x86_64';

/** The reason why a processor without VNNI cannot be emulated here; undefined if it can. */
export function missingProcessor(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'needs Linux on x86-64';
  const { status } = spawnSync(emulator, ['--version']);
  return status === 0 ? undefined : `needs ${emulator} (Debian: qemu-user)`;
}

/**
 * Runs a TypeScript file in node on an emulated processor without VNNI, and gives what it prints.
 * @throws Error with what it says when it fails
 */
export function runOnOtherProcessor(entry: string, args: readonly string[], timeoutMs: number): string {
  // The emulation hands on the machine's own /proc/cpuinfo; files below this folder go before those of the machine.
  const root = mkdtempSync(join(tmpdir(), 'processor-'));
  try {
    mkdirSync(join(root, 'proc'));
    const cpuInfo = readFileSync('/proc/cpuinfo', 'utf8').replaceAll(/\b(avx512\w*|avx_vnni\w*)\b/g, '');
    writeFileSync(join(root, 'proc/cpuinfo'), cpuInfo);
    const node = [process.execPath, '--import', './scripts/typescript-loader.mjs', entry, ...args];
    const { status, stdout, stderr, error } = spawnSync(emulator, ['-L', root, '-cpu', processor, ...node], {
      encoding: 'utf8',
      timeout: timeoutMs,
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    });
    if (status !== 0) throw new Error(`${entry} failed: ${error?.message ?? stderr}`);
    return stdout;
  } finally {
    rmSync(root, { recursive: true });
  }
}

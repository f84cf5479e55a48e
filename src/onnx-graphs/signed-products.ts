import { readFileSync } from 'node:fs';

/**
 * Whether products of unsigned activations with signed 8-bit weights may saturate here: x86 processors without VNNI add
 * two products in 16 bits. onnxruntime then has to shift the weights to unsigned ones, which is slower.
 * Where the processor is unknown, the answer is the safe one: yes.
 * @param cpuInfo the text of /proc/cpuinfo, or null where there is none
 */
export function signedProductsSaturate(
  cpuInfo: string | null = readCpuInfo(),
  architecture: string = process.arch,
): boolean {
  if (architecture !== 'x64') return false;
  return cpuInfo === null || !/^flags\s*:.*\b(avx512_vnni|avx_vnni)\b/m.test(cpuInfo);
}

function readCpuInfo(): string | null {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return null;
  }
}

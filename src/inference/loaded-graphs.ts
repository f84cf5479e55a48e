import { readFileSync } from 'node:fs';

/**
 * The ways in which a model can run slower, or start slower, than this version of the service can make it:
 * where the best graphs were not there or could not be loaded, the next best are taken, so that the service works.
 */
export const degradations = {
  'not-compiled':
    'has no whole compiled graphs of the variant that was asked for, so those of the package run, which take three to five times the processor time (voice activity up to ten); `npm run models:compile` compiles them',
  'not-loadable':
    'has compiled graphs that could not be loaded, so those of the package run, which take three to five times the processor time (voice activity up to ten); the log has the reason',
  'not-prepared':
    'is not prepared for this processor and version of onnxruntime, so each process starts later and holds weights of its own; `npm run models:compile` prepares it',
  'preparation-not-loadable':
    'is prepared for this processor, but that could not be loaded, so each process starts later and holds weights of its own; the log has the reason',
  'no-huge-pages':
    'gets no huge pages from this kernel (transparent_hugepage is "never"), so decoding takes about a tenth more processor time',
} as const;
export type Degradation = keyof typeof degradations;

/** What one inference process has loaded of one model. */
export interface LoadedGraphs {
  readonly model: string;
  /** The graphs of the package run, not those made for serving. */
  readonly shipped: boolean;
  readonly degradation?: Degradation;
  /** What onnxruntime said, in short. */
  readonly reason?: string;
}

/** onnxruntime's messages without the source lines that they were thrown at, and not longer than a line of a log. */
export function shortReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^.*\[ONNXRuntimeError\] : \d+ : \w+ : /s, '').slice(0, 200);
}

/**
 * Whether the kernel refuses huge pages to whoever asks for them, as inference processes do.
 * @param setting the text of the kernel's setting, or null where there is none to be read
 */
export function hugePagesAreRefused(setting: string | null = readSetting()): boolean {
  return setting !== null && setting.includes('[never]');
}

function readSetting(): string | null {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8');
  } catch {
    return null;
  }
}

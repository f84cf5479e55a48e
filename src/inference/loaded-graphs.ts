import { readFileSync } from 'node:fs';

/**
 * The ways in which a model can run slower, or start slower, than this version of the service can make it: where the best
 * graphs are missing or cannot be loaded, the next best are loaded, so that the service works. Each text follows the name
 * of a model.
 */
export const degradations = {
  'not-compiled':
    'has no complete compiled graphs of the configured variant and runs on the graphs of its package, which take three to five times the processor time (voice activity: up to ten times). Run `npm run models:compile` to compile it.',
  'not-loadable':
    'has compiled graphs that cannot be loaded and runs on the graphs of its package, which take three to five times the processor time (voice activity: up to ten times). The log has the reason.',
  'not-prepared':
    'is not prepared for this processor and version of onnxruntime, so each process starts later and holds its own copy of the weights. Run `npm run models:compile` to prepare it.',
  'preparation-not-loadable':
    'is prepared for this processor, but the prepared graphs cannot be loaded, so each process starts later and holds its own copy of the weights. The log has the reason.',
  'no-huge-pages':
    'gets no huge pages from this kernel (transparent_hugepage is "never"), so decoding takes about a tenth more processor time.',
} as const;
export type Degradation = keyof typeof degradations;

/** The graphs of one model that one inference process has loaded. */
export interface LoadedGraphs {
  readonly model: string;
  /** They are the graphs of the package, not those made for serving. */
  readonly shipped: boolean;
  readonly degradation?: Degradation;
  /** The message of onnxruntime, shortened. */
  readonly reason?: string;
}

/** A message of onnxruntime without its source lines, not longer than a line of a log. */
export function shortReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^.*\[ONNXRuntimeError\] : \d+ : \w+ : /s, '').slice(0, 200);
}

/**
 * Whether the kernel refuses huge pages to processes that ask for them, as inference processes do.
 * @param setting the text of the kernel's setting, or null where it cannot be read
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

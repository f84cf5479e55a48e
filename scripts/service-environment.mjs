// Variables that node and glibc read when they start, so that the service cannot set them itself. The
// image sets the same (Dockerfile); service-environment.spec.mjs compares them.

/** @type {Readonly<Record<string, string>>} */
export const serviceEnvironment = {
  // The native library reads it when it is loaded.
  ORT_DISABLE_TELEMETRY: '1',
  // Otherwise each thread keeps an arena of its own with its freed memory, and glibc raises its limits by itself.
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '1048576',
  // Short-lived objects here are few and small, and buffers lie outside of the heap and go with them: 16 MB, three times
  // over, would only be filled with garbage.
  NODE_OPTIONS: '--max-semi-space-size=2',
};

/** The variables of the caller override these; its node options come last, so that they win. */
export function withServiceEnvironment(variables) {
  const options = [serviceEnvironment.NODE_OPTIONS, variables.NODE_OPTIONS].filter(Boolean).join(' ');
  return { ...serviceEnvironment, ...variables, NODE_OPTIONS: options };
}

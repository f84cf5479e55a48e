// What the service wants to find in its environment before its first line: node and glibc read it as they start. The
// image sets the same (Dockerfile); service-environment.spec.mjs compares them.

/** @type {Readonly<Record<string, string>>} */
export const serviceEnvironment = {
  // The native library reads it when it is loaded.
  ORT_DISABLE_TELEMETRY: '1',
  // Each thread would keep an arena of its own, and what is freed in it; glibc raises its limits by itself otherwise.
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '1048576',
  // Short-lived objects here are few and small, and buffers lie outside of the heap and go with them: 16 MB, three times
  // over, would only be filled with rubbish.
  NODE_OPTIONS: '--max-semi-space-size=2',
};

/** Over which the variables of whoever starts it go; its node options come last, so that they win. */
export function withServiceEnvironment(variables) {
  const options = [serviceEnvironment.NODE_OPTIONS, variables.NODE_OPTIONS].filter(Boolean).join(' ');
  return { ...serviceEnvironment, ...variables, NODE_OPTIONS: options };
}

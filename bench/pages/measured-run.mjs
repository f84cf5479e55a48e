// Checks of a run before pages use its figures. Uses no packages.

/** They cost memory and the time of a start, and no speed. */
const harmless = ['not-prepared', 'preparation-not-loadable'];

/**
 * Rejects figures of a service that ran on the slow graphs.
 * @param {string} name of the file @param {{ graphs?: { model: string, degradations: string[] }[] }} run
 * @throws Error that names the file and the reason
 */
export function refuseDegraded(name, run) {
  for (const { model, degradations } of run?.graphs ?? []) {
    const found = degradations.filter((degradation) => !harmless.includes(degradation));
    if (found.length === 0) continue;
    throw new Error(
      `${name} is of a degraded run (${model}: ${found.join(', ')}): mend that and measure again`,
    );
  }
}

/**
 * The kind of x86 processor, which decides the speed of 8-bit products.
 * @param {{ signedProductsSaturate?: boolean, flags?: string[] }} machine
 */
export function processorKind({ signedProductsSaturate, flags }) {
  const saturate = signedProductsSaturate ?? (flags && !flags.some((flag) => flag.includes('vnni')));
  if (saturate === undefined) return '';
  return saturate ? ' without VNNI' : ' with VNNI';
}

/** File name of a run: each kind of processor has its own, so that README.md shows both. */
export function measuredName(name, { signedProductsSaturate }) {
  return signedProductsSaturate ? `${name}-without-vnni` : name;
}

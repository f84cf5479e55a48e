/**
 * The likeliest token and the natural logarithm of its probability.
 * @param logits shape (vocabulary)
 * @param forbidden a token that may not be chosen; it keeps its share of the probability
 */
export function greedyChoice(
  logits: Float32Array,
  forbidden: number | undefined,
): { readonly token: number; readonly logProb: number } {
  let token = forbidden === 0 ? 1 : 0;
  let best = -Infinity;
  let max = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (logit > max) max = logit;
    if (logit > best && id !== forbidden) {
      best = logit;
      token = id;
    }
  }
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id]! - max);
  return { token, logProb: best - max - Math.log(sum) };
}

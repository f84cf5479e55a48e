/**
 * How often something of a given rate happens at most in so many independent samples, in all but one of a thousand runs:
 * what few samples can be held to. (The binomial distribution's 99.9 % point.)
 */
export function mostByChance(samples: number, rate: number): number {
  let probability = (1 - rate) ** samples;
  let atMost = probability;
  let count = 0;
  while (atMost < 0.999 && count < samples) {
    probability *= ((samples - count) / (count + 1)) * (rate / (1 - rate));
    atMost += probability;
    count++;
  }
  return count;
}

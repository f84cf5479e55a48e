/** Median and the whole range: with a handful of rounds, percentiles would say more than is known. */
export function summary(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median: rounded(median), min: rounded(sorted[0]), max: rounded(sorted.at(-1)) };
}

/** Round by round, so that a change of the machine's speed between rounds cancels out. */
export function compared(values, others) {
  return values.map((value, round) => value / others[round]);
}

function rounded(value) {
  return Number(value.toPrecision(4));
}

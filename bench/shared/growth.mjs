const blocks = 20;
/** 97.5 % of Student's distribution with two degrees of freedom fewer than there are blocks. */
const t = 2.101;

/**
 * Growth as a straight line, with its 95 % interval. Neighbours are alike, so the line goes through means of blocks.
 * @param {readonly (readonly [x: number, y: number])[]} points in the order of x, twenty or more
 * @returns {{ slope: number, low: number, high: number }} for each unit of x
 */
export function growthOf(points) {
  const means = Array.from({ length: blocks }, (_, at) => {
    const from = Math.floor((at * points.length) / blocks);
    return meanOf(points.slice(from, Math.floor(((at + 1) * points.length) / blocks)));
  });
  const [x, y] = meanOf(means);
  const spread = total(means, ([px]) => (px - x) ** 2);
  const slope = total(means, ([px, py]) => (px - x) * (py - y)) / spread;
  const rest = total(means, ([px, py]) => (py - y - slope * (px - x)) ** 2);
  const error = t * Math.sqrt(rest / (blocks - 2) / spread);
  return { slope, low: slope - error, high: slope + error };
}

function meanOf(points) {
  return /** @type {const} */ ([
    total(points, ([x]) => x) / points.length,
    total(points, ([, y]) => y) / points.length,
  ]);
}

function total(points, value) {
  return points.reduce((sum, point) => sum + value(point), 0);
}

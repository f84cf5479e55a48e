/** The seeded numbers of Park and Miller, from 0 to 1: unlike those of `noise`, their lowest digits are random too. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

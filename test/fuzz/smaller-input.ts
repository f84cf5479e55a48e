import type { FuzzInput } from './fuzz-target.js';

const triesAtMost = 400;
const longestMs = 60_000;

/**
 * Makes an input smaller as long as it fails: leaves out pieces, then bytes of each piece, in halves, quarters and so on.
 * @param fails whether an input shows the same fault
 */
export async function smallerInput(
  input: FuzzInput,
  fails: (input: FuzzInput) => Promise<boolean>,
): Promise<FuzzInput> {
  const until = performance.now() + longestMs;
  let tries = 0;
  let pieces = input.pieces;
  const stillFails = async (tried: readonly Uint8Array[]): Promise<boolean> => {
    if (tries++ >= triesAtMost || performance.now() > until) return false;
    return fails({ ...input, pieces: tried });
  };
  for (let at = pieces.length - 1; at >= 0 && pieces.length > 1; at--) {
    const fewer = pieces.filter((_, index) => index !== at);
    if (await stillFails(fewer)) pieces = fewer;
  }
  for (let at = 0; at < pieces.length; at++) {
    for (let part = pieces[at]!.length >> 1; part >= 1; part >>= 1) {
      // From the end: what comes first is needed to read what follows.
      for (let from = pieces[at]!.length - part; from >= 0; from -= part) {
        const bytes = pieces[at]!;
        const shorter = new Uint8Array(bytes.length - part);
        shorter.set(bytes.subarray(0, from));
        shorter.set(bytes.subarray(from + part), from);
        const tried = pieces.map((piece, index) => (index === at ? shorter : piece));
        if (await stillFails(tried)) pieces = tried;
      }
    }
  }
  return { ...input, pieces };
}

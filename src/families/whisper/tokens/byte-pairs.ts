/** The pieces that GPT-2 cuts a text into, before each is made of tokens: words with the space before them, numbers, signs. */
const pieces = /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** In bytes. A longer piece is cut: the time for one grows with the square of its length. */
const longestPiece = 256;

/** Makes tokens of text, by joining the pair of neighbours that was learnt first, again and again. */
export class BytePairs {
  private readonly rankOf: ReadonlyMap<string, number>;

  /**
   * @param merges pairs in the order in which they were learnt, with a space between the two
   * @param characterOf the character of each byte
   * @param idOf the token of a piece
   */
  constructor(
    merges: readonly string[],
    private readonly characterOf: readonly string[],
    private readonly idOf: ReadonlyMap<string, number>,
  ) {
    this.rankOf = new Map(merges.map((pair, rank) => [pair, rank]));
  }

  /** The tokens of a text. A byte that the vocabulary does not have gives nothing. */
  encode(text: string): number[] {
    const tokens: number[] = [];
    for (const [piece] of text.matchAll(pieces)) {
      const symbols = Array.from(Buffer.from(piece), (byte) => this.characterOf[byte]!);
      for (let at = 0; at < symbols.length; at += longestPiece) {
        for (const joined of this.join(symbols.slice(at, at + longestPiece))) {
          const id = this.idOf.get(joined);
          if (id !== undefined) tokens.push(id);
        }
      }
    }
    return tokens;
  }

  private join(symbols: readonly string[]): readonly string[] {
    const parts = [...symbols];
    for (;;) {
      let best = -1;
      let bestRank = Infinity;
      for (let at = 0; at + 1 < parts.length; at++) {
        const rank = this.rankOf.get(`${parts[at]!} ${parts[at + 1]!}`) ?? Infinity;
        if (rank < bestRank) [best, bestRank] = [at, rank];
      }
      if (best < 0) return parts;
      parts.splice(best, 2, parts[best]! + parts[best + 1]!);
    }
  }
}

/** Remembers when each API key was served: the key that has waited longest comes first. There are only the configured keys. */
export class KeyTurns {
  private readonly servedAt = new Map<string, number>();
  private turn = 0;

  serve(keyName: string): void {
    this.servedAt.set(keyName, this.turn++);
  }

  /** Whether a key was served earlier than another one, or never. */
  isBefore(keyName: string, other: string): boolean {
    return (this.servedAt.get(keyName) ?? -1) < (this.servedAt.get(other) ?? -1);
  }
}

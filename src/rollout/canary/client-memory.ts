/** Which clients have been counted already; the longest known are forgotten beyond a limit. */
export class ClientMemory {
  private readonly clients = new Set<string>();

  constructor(private readonly limit = 100_000) {}

  get size(): number {
    return this.clients.size;
  }

  /** @returns whether the client is new, and remembers it */
  addIfNew(client: string): boolean {
    if (this.clients.has(client)) return false;
    if (this.clients.size >= this.limit) this.clients.delete(this.clients.values().next().value!);
    this.clients.add(client);
    return true;
  }
}

/**
 * The clients of the newest utterances that were counted. Utterances of one client resemble each other, so that a client who
 * talks a lot would look like a change: each has few places in a window.
 */
export class ClientWindow {
  private readonly clients: string[] = [];
  private readonly places = new Map<string, number>();
  private next = 0;

  /**
   * @param size utterances in the window
   * @param perClient utterances of a client that are counted at most
   */
  constructor(
    private readonly size: number,
    private readonly perClient: number,
  ) {}

  /** Different clients in the window. */
  get clientCount(): number {
    return this.places.size;
  }

  /** Counts an utterance of a client. @returns false if the client has all of its places already */
  admit(client: string): boolean {
    const taken = this.places.get(client) ?? 0;
    if (taken >= this.perClient) return false;
    const oldest = this.clients[this.next];
    if (oldest !== undefined) this.leave(oldest);
    this.places.set(client, (this.places.get(client) ?? 0) + 1);
    this.clients[this.next] = client;
    this.next = (this.next + 1) % this.size;
    return true;
  }

  clear(): void {
    this.clients.length = 0;
    this.places.clear();
    this.next = 0;
  }

  private leave(client: string): void {
    const left = this.places.get(client)! - 1;
    if (left === 0) this.places.delete(client);
    else this.places.set(client, left);
  }
}

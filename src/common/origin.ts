/**
 * The request or socket that some work is for. It goes down the stages with the work; observers that see both ends
 * keep what they know of it by its identity.
 */
export interface Origin {
  /** The name of the wire protocol, see `WireProtocol`. */
  readonly protocol: string;
  readonly requestId: string;
  /** The name of the API key, set once the key has been checked: the keys share the processes fairly. */
  keyName?: string;
  /**
   * A hash of the key's name and of who asks: the header `X-Client-Id`, else the address. It is the same on every replica. It
   * is in no log, metric or answer; on disk it is only beside captured audio, so that the client can be forgotten.
   */
  clientId?: string;
  /** The client, or the policy of its key, consents to keeping its audio for labelling. */
  mayCapture?: boolean;
  /** Set while a canary is under way, of a request that leaves the model to the service: the group that its client is in. */
  group?: 'primary' | 'candidate';
}

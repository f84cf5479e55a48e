/** Times after which something happens to a connection. */
export interface ConnectionLimits {
  /** After this time without a message, `onIdle` is called. */
  readonly idleTimeoutMs: number;
  /** The same after this time without audio, whatever else comes. */
  readonly audioIdleTimeoutMs: number;
  /** After this time, `onExpired` is called. */
  readonly maxSessionMs: number;
  /** Between two pings; 25 s without it: below the usual 60 s of proxies. */
  readonly pingIntervalMs?: number;
}

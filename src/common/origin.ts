/** The wire protocols, by the names that metrics and traces give them. */
export const protocols = ['openai-rest', 'openai-realtime', 'deepgram-rest', 'deepgram-live'] as const;
export type Protocol = (typeof protocols)[number];

/**
 * The request or socket that some work is for. It goes down the stages with the work; observers that see both ends
 * keep what they know of it by its identity.
 */
export interface Origin {
  readonly protocol: Protocol;
  readonly requestId: string;
}

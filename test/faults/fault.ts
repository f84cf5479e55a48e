import type { FaultyService, Settings } from './faulty-service.js';

/** What was under way when the fault happened. */
export type Phase =
  'starting' | 'idle' | 'uploading' | 'recognizing' | 'partials' | 'finalizing' | 'handshake' | 'answering';

export interface Observation {
  /** What each client got, in a few words: `whole text`, ``503 `MEMORY_FULL` ``. */
  readonly client: readonly string[];
  /** Ms from the fault, or from its end where the service cannot end it, until everything is as before. */
  readonly recoveryMs: number;
}

export interface OwnService {
  readonly service: FaultyService;
  readonly end: () => Promise<void>;
}

export interface Fault {
  /** A row of the table in docs/operations/reliability.md. */
  readonly kind: string;
  /** How it is done. Faults of a kind that are done in the same way share a row. */
  readonly how: string;
  readonly phase: Phase;
  readonly settings?: Settings;
  /** Belongs to the selection that the end-to-end tests run. */
  readonly quick?: boolean;
  /** Takes minutes: it is run once. */
  readonly slow?: boolean;
  /** Starts a service of its own in surroundings of its own, and ends both. */
  readonly own?: () => Promise<OwnService>;
  /** The service ends with it: the next fault needs another one. */
  readonly endsService?: boolean;
  /** @returns why it cannot be done here, if so */
  readonly impossible?: () => string | undefined;
  /** Does it to a service that is ready and idle, and checks what has to hold. @throws Error where something does not */
  run(service: FaultyService): Promise<Observation>;
}

/** A row that has been run. */
export interface Result {
  readonly kind: string;
  readonly how: string;
  readonly phase: Phase;
  readonly client: readonly string[];
  readonly operator: readonly string[];
  readonly recoveryMs: number;
}

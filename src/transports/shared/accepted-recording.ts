import type { ArrivingUpload } from './arriving-upload.js';

/** A client whose audio does not come for this long makes nobody wait. */
const patienceMs = 1_000;

interface Reports {
  /** @param ms without the time in which the client was awaited */
  waited(ms: number, ahead: number): void;
  ended(ms: number): void;
}

/** One recording that was accepted, until its answer is sent. */
export class AcceptedRecording {
  private readonly since = performance.now();
  private upload: Pick<ArrivingUpload, 'awaited'> | undefined;
  private hasSegment = false;
  private hasEnded = false;

  /** @param ahead recordings that waited when it came */
  constructor(
    readonly keyName: string,
    private readonly ahead: number,
    private readonly reports: Reports,
  ) {}

  /** Its first segment is decoded, and there may be more. */
  get isLong(): boolean {
    return this.hasSegment;
  }

  /** The bytes that it is read from. */
  follow(upload: Pick<ArrivingUpload, 'awaited'>): void {
    this.upload = upload;
  }

  /** Whether it takes or awaits time of the service, and not bytes of its client. */
  isWork(now: number): boolean {
    const since = this.upload?.awaited(now).since;
    return since === undefined || now - since < patienceMs;
  }

  /** To be called for each segment. */
  segmentDecoded(): void {
    if (this.hasSegment) return;
    this.hasSegment = true;
    const now = performance.now();
    this.reports.waited(now - this.since - (this.upload?.awaited(now).totalMs ?? 0), this.ahead);
  }

  /** Idempotent. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.reports.ended(performance.now() - this.since);
  }
}

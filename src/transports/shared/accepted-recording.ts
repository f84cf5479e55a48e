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
  /** When the body began that it is read from. */
  private followedAt: number | undefined;
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
    this.followedAt = performance.now();
  }

  /** Whether it takes or awaits time of the service, and not bytes of its client. */
  isWork(now: number): boolean {
    // The first fields of a form, or the server behind a URL, are awaited like bytes.
    const since = this.upload === undefined ? this.since : this.upload.awaited(now).since;
    return since === undefined || now - since < patienceMs;
  }

  /** To be called for each segment. */
  segmentDecoded(): void {
    if (this.hasSegment) return;
    this.hasSegment = true;
    const now = performance.now();
    const from = this.followedAt ?? this.since;
    this.reports.waited(now - from - (this.upload?.awaited(now).totalMs ?? 0), this.ahead);
  }

  /** Idempotent. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.reports.ended(performance.now() - this.since);
  }
}

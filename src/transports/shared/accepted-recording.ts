import type { ArrivingUpload } from './arriving-upload.js';
import { ClientWait } from './client-wait.js';

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
  /** For anything but bytes of the recording. */
  private readonly clientWait = new ClientWait();
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

  /** Awaits something of the client besides the recording: the rest of its form, or that it reads its answer. @throws as `work` */
  awaitClient<T>(work: Promise<T>): Promise<T> {
    return this.clientWait.during(work);
  }

  /** Whether it takes or awaits time of the service, and not bytes of its client, nor that this client reads. */
  isWork(now: number): boolean {
    // The first fields of a form, or the server behind a URL, are awaited like bytes.
    const ofUpload = this.upload === undefined ? this.since : this.upload.awaited(now).since;
    const since = this.clientWait.awaited(now).since ?? ofUpload;
    return since === undefined || now - since < patienceMs;
  }

  /** To be called for each segment. */
  segmentDecoded(): void {
    if (this.hasSegment) return;
    this.hasSegment = true;
    const now = performance.now();
    const from = this.followedAt ?? this.since;
    const ofClientMs = this.clientWait.awaited(now).totalMs + (this.upload?.awaited(now).totalMs ?? 0);
    this.reports.waited(now - from - ofClientMs, this.ahead);
  }

  /** Idempotent. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.reports.ended(performance.now() - this.since);
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../../support/certificate.js';
import type { FuzzInput, FuzzOutcome } from '../fuzz-target.js';
import { ServiceUnderFuzz } from '../wire/service-under-fuzz.js';
import { tlsOutcome } from '../wire/tls-answers.js';
import { exchangeBytes, exchangeInSession } from '../wire/tls-exchange.js';
import { tlsInput } from '../wire/tls-input.js';
import type { TlsInput } from '../wire/tls-input.js';
import { outcomeOf } from '../wire/wire-outcome.js';
import { WireTarget } from './wire.target.js';

/** Handshakes, and what comes in their place, on a port that speaks TLS. */
export class TlsTarget extends WireTarget {
  readonly name = 'tls';

  private constructor(
    service: ServiceUnderFuzz,
    private readonly folder: string,
    private readonly sockets: number,
  ) {
    super(service);
  }

  static async open(): Promise<TlsTarget> {
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
    const files = { TLS_CERT_FILE: join(folder, 'tls.crt'), TLS_KEY_FILE: join(folder, 'tls.key') };
    const { cert, key } = await selfSigned();
    writeFileSync(files.TLS_CERT_FILE, cert);
    writeFileSync(files.TLS_KEY_FILE, key);
    const service = await ServiceUnderFuzz.start(files);
    return new TlsTarget(service, folder, service.openSockets());
  }

  make(seed: number): TlsInput {
    return tlsInput(seed);
  }

  override async run(given: FuzzInput): Promise<FuzzOutcome> {
    const input = given as TlsInput;
    const before = this.service.cpuMs();
    const outcome =
      input.options.kind === 'session' ? await this.runSession(input) : await this.runBytes(input);
    return { ...outcome, cpuMs: this.service.cpuMs() - before };
  }

  private async runBytes(input: TlsInput): Promise<Omit<FuzzOutcome, 'cpuMs'>> {
    const { connections } = input.options;
    const given = Array.from({ length: connections }, () => exchangeBytes(this.service.url, input));
    const [label] = (await Promise.all(given)).map(tlsOutcome);
    return { label: connections > 1 ? `many: ${label}` : label!, refused: connections === 1 };
  }

  private async runSession(input: TlsInput): Promise<Omit<FuzzOutcome, 'cpuMs'>> {
    const answer = await exchangeInSession(this.service.url, input);
    if (answer === undefined) return { label: 'session: none', refused: true };
    const request = { ...input, options: { ending: 'answer', isWhole: false } as const };
    return { label: `session: ${outcomeOf(answer, request).label}`, refused: false };
  }

  override async checkAfterwards(): Promise<void> {
    await super.checkAfterwards();
    await this.service.untilSockets(this.sockets);
  }

  override async end(): Promise<void> {
    await super.end();
    rmSync(this.folder, { recursive: true });
  }
}

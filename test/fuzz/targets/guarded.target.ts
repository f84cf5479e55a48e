import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Find } from '../fuzz-target.js';
import type { FuzzInput, FuzzOutcome } from '../fuzz-target.js';
import { exchange } from '../wire/exchange.js';
import { HostileServer } from '../wire/hostile-server.js';
import { remoteInput } from '../wire/remote-input.js';
import type { RemoteInput } from '../wire/remote-input.js';
import { requestParts, textPart } from '../wire/request-parts.js';
import type { WireInput } from '../wire/request-input.js';
import { changedSecret, fuzzKey, secretInput, secretMark } from '../wire/secret-input.js';
import { ServiceUnderFuzz } from '../wire/service-under-fuzz.js';
import { completenessOf, outcomeOf } from '../wire/wire-outcome.js';
import { WireTarget } from './wire.target.js';

/** Recordings at the URLs of clients, from a server that sends anything. */
export class RemoteTarget extends WireTarget {
  readonly name = 'urls';

  private constructor(
    service: ServiceUnderFuzz,
    private readonly server: HostileServer,
  ) {
    super(service);
  }

  static async open(): Promise<RemoteTarget> {
    const server = await HostileServer.start();
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
    const certificateFile = join(folder, 'cert.pem');
    writeFileSync(certificateFile, server.certificate);
    const entry = ['test/fuzz/wire/remote-service.ts', String(server.port), certificateFile];
    const service = await ServiceUnderFuzz.start({ URL_INPUT: 'true' }, entry);
    rmSync(folder, { recursive: true });
    return new RemoteTarget(service, server);
  }

  make(seed: number): RemoteInput {
    return remoteInput(seed);
  }

  override async run(given: FuzzInput): Promise<FuzzOutcome> {
    const { about, pieces, options } = given as RemoteInput;
    const served = this.server.serve({
      pieces: pieces.map((piece) => replaced(piece, 'SELF', `/${this.server.nextName}`)),
      ending: options.ending,
    });
    const self = `https://localhost:${this.server.port}/${served.name}`;
    const body = JSON.stringify({ url: options.url.replace('SELF', self) });
    const parts = requestParts({
      method: 'POST',
      path: '/v1/listen',
      headers: [['content-type', 'application/json']],
      body: [textPart('body', body)],
    });
    const request: WireInput = {
      about,
      // The client leaves while the service waits for the server.
      options: { ending: 'answer', isWhole: options.ending !== 'hold' },
      pieces: parts.map(({ bytes }) => bytes),
    };
    try {
      return await super.run(request);
    } finally {
      served.release();
    }
  }

  override async end(): Promise<void> {
    await super.end();
    this.server.end();
  }
}

function replaced(bytes: Uint8Array, mark: string, text: string): Uint8Array {
  return new Uint8Array(Buffer.from(Buffer.from(bytes).toString('latin1').replace(mark, text), 'latin1'));
}

/** Requests for client secrets, and handshakes with secrets that were changed. */
export class SecretsTarget extends WireTarget {
  readonly name = 'secrets';

  static async open(): Promise<SecretsTarget> {
    const hash = createHash('sha256').update(fuzzKey).digest('hex');
    return new SecretsTarget(await ServiceUnderFuzz.start({ API_KEYS: `fuzz=${hash}` }));
  }

  make(seed: number): WireInput {
    return secretInput(seed);
  }

  override async run(given: FuzzInput): Promise<FuzzOutcome> {
    const input = given as WireInput;
    const [first] = input.pieces;
    if (first === undefined || !Buffer.from(first).includes(secretMark)) return super.run(input);
    const isRealtime = Buffer.from(first).includes('/v1/realtime');
    const secret = changedSecret(await this.secret(isRealtime), Number(input.options['secretSeed']));
    return super.run({ ...input, pieces: [replaced(first, secretMark, secret)] });
  }

  /** A new one, for one of the sockets. */
  private async secret(isRealtime: boolean): Promise<string> {
    const parts = requestParts({
      method: 'POST',
      path: isRealtime ? '/v1/realtime/client_secrets' : '/v1/auth/grant',
      headers: [['authorization', `Bearer ${fuzzKey}`]],
      body: [],
    });
    const input: WireInput = {
      about: 'a secret',
      options: { ending: 'answer', isWhole: true },
      pieces: parts.map(({ bytes }) => bytes),
    };
    const answer = await exchange(this.service.url, input.pieces, input.options, completenessOf(input));
    const { label } = outcomeOf(answer, input);
    const made = /"(?:value|access_token)":"([^"]+)"/.exec(answer.toString('latin1'))?.[1];
    if (made === undefined) throw new Find(`no secret: ${label}`);
    return made;
  }
}

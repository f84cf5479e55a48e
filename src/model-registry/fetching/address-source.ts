import type { IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { AddressSource, ModelFile } from '../model-manifest.js';
import { getOverHttps, TransientError } from './https-request.js';
import type { HttpsSettings } from './https-request.js';
import { WrongContentError } from './partial-file.js';
import type { PartialFile } from './partial-file.js';
import { fetchEach } from './resumable-files.js';
import type { ResumableSource } from './resumable-files.js';
import type { SourceOptions } from './source-options.js';

export interface DownloadSettings extends HttpsSettings {
  /** Attempts after the first one, and the time between them, as npm has it for its registry. */
  readonly retries: number;
  readonly retryMs: { readonly first: number; readonly factor: number; readonly longest: number };
}

/** An attempt that brought this many bytes does not count as a failed one. */
const worthAnotherBytes = 1_000_000;

const transientCodes = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ECONNECTIONTIMEOUT', 'ETIMEDOUT', 'EPIPE'],
  ...['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
]);

/** Downloads files over https, and continues what an interrupted run has left. */
export async function download(
  source: AddressSource,
  wanted: readonly ModelFile[],
  folder: string,
  { settings, signal, onBytes }: SourceOptions & { readonly settings: DownloadSettings },
): Promise<void> {
  const files: ResumableSource = {
    origin: 'at its address',
    addressOf: (file) => readable(addressOf(source, file)),
    receive: (file, partial, onProgress) =>
      new FileDownload(file, addressOf(source, file), partial, settings, signal, onProgress).run(),
  };
  await fetchEach(files, wanted, folder, onBytes);
}

export function addressOf(source: AddressSource, file: ModelFile): URL {
  return new URL(file.url ?? file.path, source.url);
}

/** Without its query, which may hold a signature. */
function readable({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** What is missing of one file, in as many requests as it takes. */
class FileDownload {
  /** ETag of the content whose beginning the partial file has; unknown after an earlier run. */
  private etag: string | undefined;

  constructor(
    private readonly file: ModelFile,
    private readonly url: URL,
    private readonly partial: PartialFile,
    private readonly settings: DownloadSettings,
    private readonly signal: AbortSignal | undefined,
    private readonly onProgress: () => void,
  ) {}

  async run(): Promise<void> {
    const { retries, retryMs } = this.settings;
    let failures = 0;
    while (this.partial.bytes < this.file.bytes) {
      const before = this.partial.bytes;
      try {
        await this.receive();
      } catch (error) {
        if (this.partial.bytes - before >= worthAnotherBytes) failures = 0;
        if (!isTransient(error) || failures === retries) throw error;
        const pauseMs = Math.min(retryMs.first * retryMs.factor ** failures, retryMs.longest);
        await setTimeout(pauseMs, undefined, { ...(this.signal && { signal: this.signal }) });
        failures++;
      }
    }
  }

  /** One request for what is missing. @throws TransientError where it ends too early */
  private async receive(): Promise<void> {
    const response = await getOverHttps(this.url, this.headers(), this.settings, this.signal);
    try {
      await this.prepareFor(response);
      for await (const block of response) {
        await this.partial.write(block as Buffer);
        this.onProgress();
      }
    } finally {
      response.destroy();
    }
    const { bytes } = this.partial;
    if (bytes < this.file.bytes) throw new TransientError(`it ended after ${bytes} bytes`);
  }

  private headers(): Record<string, string> {
    // Without it a proxy may compress, and ranges would be ranges of something else.
    const plain = { 'accept-encoding': 'identity' };
    const { bytes } = this.partial;
    if (bytes === 0) return plain;
    const condition = this.etag === undefined ? {} : { 'if-range': this.etag };
    return { ...plain, range: `bytes=${bytes}-`, ...condition };
  }

  /** Brings the partial file to where the body of the answer begins. */
  private async prepareFor(response: IncomingMessage): Promise<void> {
    const { statusCode = 0, headers } = response;
    if (statusCode === 206) return this.expectRest(headers['content-range']);
    if (statusCode === 416) {
      await this.partial.restart();
      throw new TransientError('it has no such range (status 416)');
    }
    if (statusCode !== 200) {
      const message = `it answered with status ${statusCode}`;
      throw statusCode === 408 || statusCode === 429 || statusCode >= 500
        ? new TransientError(message)
        : new Error(message);
    }
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new Error(`it answered with the encoding ${encoding}`);
    const length = headers['content-length'];
    if (length !== undefined && Number(length) !== this.file.bytes) {
      await this.partial.restart();
      throw new WrongContentError(
        `${this.file.path} has ${length} bytes at its address instead of ${this.file.bytes}`,
      );
    }
    await this.partial.restart();
    // A weak one does not say that the bytes are the same.
    this.etag = headers.etag?.startsWith('W/') === true ? undefined : headers.etag;
  }

  private async expectRest(range: string | undefined): Promise<void> {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range ?? '') ?? [];
    const isOurs =
      Number(start) === this.partial.bytes && (total === '*' || Number(total) === this.file.bytes);
    if (isOurs) return;
    await this.partial.restart();
    throw new TransientError('it answered with another range than the one that was asked for');
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof TransientError) return true;
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && transientCodes.has(code);
}

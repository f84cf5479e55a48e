import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { ConfigurationError } from '../../config/environment.js';
import { keysOfFile, unreadableKeyFile } from '../../config/key-file.js';
import { keyScopes } from '../../config/key-rows.js';
import type { KeyRow } from '../../config/key-rows.js';

/** One API key as the service knows it: a name, rights and limits, and the hash in place of the key. */
export interface ApiKey extends Omit<KeyRow, 'hash'> {
  readonly name: string;
  /** sha256 of the key: 32 bytes. */
  readonly hash: Buffer;
}

/** The name of every client where no keys are configured. */
export const openKeyName = 'open';

/** Every client where no keys are configured: it may do everything. No key has this hash. */
export const openKey: ApiKey = { name: openKeyName, hash: Buffer.alloc(32), scopes: keyScopes };

/** Between two looks at the file; what changes is taken after the second. */
const lookMs = 2_000;

/** The keys that are valid now: those of `API_KEYS`, and those of a file that may change while the service runs. */
@Injectable()
export class KeyRing implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Whether everybody may use the service without a key. A file that has lost its keys opens nothing. */
  readonly isOpen: boolean;
  private readonly logger = new Logger('Keys');
  private readonly path: string;
  private readonly fixed: ReadonlyMap<string, KeyRow>;
  private keys: readonly ApiKey[] = [];
  /** The content of the file that the keys are from. */
  private content = '';
  /** The content at the last look. */
  private seen = '';
  /** The problem with the file, once it is logged. */
  private problem: string | undefined;
  private looking: NodeJS.Timeout | undefined;

  /** @throws ConfigurationError for a file that cannot be read, or is wrong */
  constructor(configuration: Configuration) {
    this.isOpen = !configuration.needsKey;
    this.path = configuration.get('API_KEYS_FILE');
    this.fixed = configuration.get('API_KEYS');
    if (this.path === '') {
      this.keys = keysOf(this.fixed);
      return;
    }
    try {
      this.take(readFileSync(this.path, 'utf8'));
    } catch (error) {
      throw new ConfigurationError([faultOf(error)]);
    }
  }

  get all(): readonly ApiKey[] {
    return this.keys;
  }

  /** The keys among which clients are divided; without keys they share as one. */
  get count(): number {
    return Math.max(1, this.keys.length);
  }

  onApplicationBootstrap(): void {
    if (this.path === '') return;
    // By its content: a mounted Secret changes by a link to another folder, which not every watcher sees.
    this.looking = setInterval(() => void this.look(), lookMs);
    this.looking.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.looking);
  }

  /** A file with a fault changes nothing: the keys before it stay valid. Never rejects. */
  async look(): Promise<void> {
    try {
      const content = await readFile(this.path, 'utf8');
      // What is the same in two looks is not half written.
      const isWhole = content === this.seen;
      this.seen = content;
      if (content === this.content) this.problem = undefined;
      if (!isWhole || content === this.content) return;
      this.take(content);
      this.problem = undefined;
      this.logger.log({ msg: 'keys read again', keys: this.keys.length });
    } catch (error) {
      const reason = faultOf(error);
      if (reason !== this.problem) this.logger.error({ msg: 'keys not read again', reason });
      this.problem = reason;
    }
  }

  /** @throws Error with a sentence that names the setting */
  private take(content: string): void {
    this.keys = keysOf(new Map([...this.fixed, ...keysOfFile(content, this.fixed)]));
    this.content = content;
  }
}

function faultOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code === undefined
    ? (error as Error).message
    : unreadableKeyFile(error);
}

function keysOf(rows: ReadonlyMap<string, KeyRow>): readonly ApiKey[] {
  return [...rows].map(([name, row]) => ({ ...row, name, hash: Buffer.from(row.hash, 'hex') }));
}

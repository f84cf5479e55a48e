import type { DynamicModule, Type } from '@nestjs/common';
import type { ErrorPresenter } from './error-answer.js';

/** All that the rest of the service knows about a wire protocol: one descriptor in its folder. */
export interface WireProtocol {
  /** In metrics, traces and the `Origin` of its requests. */
  readonly name: string;
  /** The shape of its errors. */
  readonly errors: ErrorPresenter;
  /** Paths at which it takes recordings: their requests are observed. */
  readonly httpPaths: readonly string[];
  /** The path at which it takes WebSocket connections. */
  readonly socketPath?: string;
  /** Further paths whose errors have its shape. */
  readonly otherPaths?: readonly string[];
}

/** A protocol with a WebSocket. */
export interface SocketProtocol extends WireProtocol {
  readonly socketPath: string;
}

/** The Nest module of a protocol's folder, which names the folder's descriptors. */
export interface ProtocolModule extends Type {
  readonly protocols: readonly WireProtocol[];
}

/** All wire protocols of the service. Code that serves all of them reads here what differs between them. */
export class WireProtocols {
  /** First segments of all paths: `/v1`. */
  private readonly roots: ReadonlySet<string>;

  /** The shape of errors that belong to no protocol (unknown paths, bytes that are not HTTP): that of the first. */
  readonly defaultErrors: ErrorPresenter;

  constructor(readonly all: readonly WireProtocol[]) {
    const [first] = all;
    if (first === undefined) throw new Error('A service needs a wire protocol.');
    this.defaultErrors = first.errors;
    this.roots = new Set(all.flatMap(pathsOf).map(rootOf));
  }

  /** The protocol that takes recordings at this path. */
  takingRecordingsAt(path: string): WireProtocol | undefined {
    return this.all.find(({ httpPaths }) => httpPaths.includes(path));
  }

  /** The shape of errors at a path of a protocol, at those below it, and elsewhere. */
  errorsAt(path: string): ErrorPresenter {
    const isOf = (own: string): boolean => path === own || path.startsWith(`${own}/`);
    return this.all.find((protocol) => pathsOf(protocol).some(isOf))?.errors ?? this.defaultErrors;
  }

  /** Whether a path begins as those of a protocol do: below it are transcripts, and no pages. */
  isApiPath(path: string): boolean {
    return this.roots.has(rootOf(path));
  }
}

/** Lets every module inject the protocols. */
export function wireProtocolsModule(protocols: WireProtocols): DynamicModule {
  return {
    module: WireProtocols,
    global: true,
    providers: [{ provide: WireProtocols, useValue: protocols }],
    exports: [WireProtocols],
  };
}

function pathsOf({ httpPaths, socketPath, otherPaths = [] }: WireProtocol): readonly string[] {
  return [...httpPaths, ...otherPaths, ...(socketPath === undefined ? [] : [socketPath])];
}

function rootOf(path: string): string {
  return `/${path.split('/', 2)[1] ?? ''}`;
}

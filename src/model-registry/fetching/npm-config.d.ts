/** The part that is used of npm's own configuration reader, which has no types for its present version. */
declare module '@npmcli/config' {
  export default class Config {
    constructor(options: {
      npmPath: string;
      definitions: unknown;
      shorthands: unknown;
      flatten: unknown;
      argv: readonly string[];
      env: Readonly<Record<string, string | undefined>>;
      cwd: string;
      warn: boolean;
    });
    load(): Promise<void>;
    /** As pacote takes them. */
    readonly flat: Record<string, unknown>;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const npm: { readonly definitions: unknown; readonly shorthands: unknown; readonly flatten: unknown };
  export default npm;
}

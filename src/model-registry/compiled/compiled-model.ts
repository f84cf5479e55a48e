/**
 * compiled.json: the graphs that were made for serving from the files of a model. It is with them in
 * models/<id>/<version>/compiled/<variant>/. The family of the model documents its graphs.
 */
export interface CompiledModel {
  readonly format: 2;
  /** sha256 over the source files' hashes, the compiler's version and the variant: the graphs are valid for this alone. */
  readonly key: string;
  readonly compilerVersion: number;
  readonly modelId: string;
  readonly modelVersion: number;
  readonly variant: string;
  /** By graph role; paths are relative to the folder of compiled.json. */
  readonly files: Readonly<Record<string, CompiledFile>>;
  /** See BuiltGraphs.options. */
  readonly options?: unknown;
}

export interface CompiledFile {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

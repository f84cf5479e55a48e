import type { ModelFacts } from '../speech-model/model-facts.js';

/** One file of a model version, held to its size and hash before it is loaded. */
export interface ModelFile {
  /** Relative to models/<id>/<version>/. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** models/<id>/model.json: what a model is, where it comes from and what it can take. */
export interface ModelManifest extends ModelFacts {
  readonly kind: 'speech' | 'voice-activity';
  /** See families/. */
  readonly family: string;
  /** Hz. */
  readonly sampleRate: number;
  /** The folder of an npm package's tarball from which the files come. */
  readonly source: { readonly package: string; readonly version: string; readonly folder: string };
  /** Keyed by the roles of the family: `encoder`, `decoder`; or `model`. */
  readonly files: Readonly<Record<string, ModelFile>>;
  readonly license: string;
  readonly description: string;
}

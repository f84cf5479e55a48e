import type { ModelFacts } from '../speech-model/model-facts.js';

/** One file of a model version; its size and hash are verified before it is loaded. */
export interface ModelFile {
  /** Relative to models/<id>/<version>/. */
  readonly path: string;
  /** The https address of this file alone, where it is not `path` below the `url` of the source. */
  readonly url?: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** With a source of wheels: what the file is joined of, in this order. */
  readonly parts?: readonly WheelPart[];
}

/** A file in a wheel of a Python package. */
export interface WheelPart {
  /** One of the packages of the source. */
  readonly package: string;
  /** The name of the file in the wheel: `package/data/model.bin`. */
  readonly path: string;
  readonly bytes: number;
}

/** A folder of an npm package's tarball; npm's settings apply. */
export interface PackageSource {
  readonly package: string;
  /** One exact version. */
  readonly version: string;
  readonly folder: string;
}

/** A folder of this machine: absolute, or relative to the folder of model.json. Its files are copied. */
export interface FolderSource {
  readonly folder: string;
}

/** An https address that ends in a slash; the files of the manifest are below it. */
export interface AddressSource {
  readonly url: string;
}

/** Wheels of Python packages, which pip downloads; pip's settings apply. */
export interface WheelSource {
  /** One exact version of each package, by its name. */
  readonly pypi: Readonly<Record<string, string>>;
}

export type ModelSource = PackageSource | FolderSource | AddressSource | WheelSource;

/** models/<id>/model.json: describes a model, its source and its limits. */
export interface ModelManifest extends ModelFacts {
  readonly kind: 'speech' | 'voice-activity';
  /** See families/. */
  readonly family: string;
  /** Hz. */
  readonly sampleRate: number;
  /** Where the files come from. */
  readonly source: ModelSource;
  /** Where they come from if they cannot be had there. */
  readonly otherwise?: ModelSource;
  /** Keyed by the roles of the family: `encoder`, `decoder`; or `model`. */
  readonly files: Readonly<Record<string, ModelFile>>;
  readonly license: string;
  readonly description: string;
}

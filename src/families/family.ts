import type { SourceGraph } from '../onnx-graphs/source-graph.js';
import type { SpeechCapabilities } from '../speech-model/capabilities.js';
import type { ModelFacts } from '../speech-model/model-facts.js';
import type { OfflineModel } from '../speech-model/offline-model.js';
import type { VoiceActivityModel } from '../speech-model/voice-activity-model.js';

/** Where the files of a model are. */
export interface FilePaths {
  /** Whether the model has a file of that role. */
  has(role: string): boolean;
  /** Absolute. @throws SpeechError MODEL_INTEGRITY when the model has no file of that role */
  path(role: string): string;
}

/** The files of a model while it is compiled; each was held to its size and hash. */
export interface SourceFiles extends FilePaths {
  /** @throws SpeechError MODEL_INTEGRITY when there is no such file, or it is not an ONNX graph */
  graph(role: string): Promise<SourceGraph>;
}

/** Graphs made for serving. */
export interface BuiltGraphs {
  /** Serialized ONNX by graph role. */
  readonly graphs: ReadonlyMap<string, Uint8Array>;
  /** Facts that `load` needs with them, written to compiled.json: plain JSON. */
  readonly options?: unknown;
}

/** How a family rewrites the files of a model into graphs made for serving. */
export interface FamilyCompiler {
  /** To be raised with every change that makes `build` write other graphs. */
  readonly version: number;
  /** File name of each graph by its role. */
  readonly graphFiles: Readonly<Record<string, string>>;
  /** Roles of graphs that are large enough to be stored once more in onnxruntime's optimized form for this machine. */
  readonly preparedRoles: readonly string[];
  /** The variant of the graphs that is built where MODEL_VARIANT asks for `asked`. */
  variantFor(asked: string): string;
  /** @throws SpeechError MODEL_INTEGRITY when the files are built in an unknown way */
  build(files: SourceFiles, variant: string): Promise<BuiltGraphs>;
}

/** The files of graphs of one form: compiled, or prepared for this machine. */
export interface GraphFiles {
  /** Absolute, by graph role. */
  readonly paths: Readonly<Record<string, string>>;
  /** See BuiltGraphs. */
  readonly options: unknown;
}

/** All that a process needs to load a model. */
export interface ModelArtefacts {
  readonly facts: ModelFacts;
  /** The manifest's files: absolute paths by role. */
  readonly files: Readonly<Record<string, string>>;
  /** The graphs made for serving; undefined: load the model's own files. */
  readonly graphs?: GraphFiles | undefined;
}

interface FamilyOf<Kind extends string, Model> {
  /** The `family` of a manifest. */
  readonly name: string;
  /** The `kind` of a manifest. */
  readonly kind: Kind;
  /** Roles of the files that a manifest has to name. */
  readonly roles: readonly string[];
  /** File names that known exports give each role, an export each, the preferred one first: for `models:add`. */
  readonly exports?: readonly Readonly<Record<string, string>>[];
  /**
   * Names of further files by role, which a file of an export names: the parts of weights. Absent: there are none.
   * @throws SpeechError MODEL_INTEGRITY when that file is damaged
   */
  filesNamedBy?(files: FilePaths): Promise<Readonly<Record<string, string>>>;
  /** What is wrong with the `options` of a manifest, a clause each. Absent: the family has no options. */
  optionProblems?(options: Readonly<Record<string, unknown>>): readonly string[];
  /** Absent: the model runs as it is shipped. */
  readonly compiler?: FamilyCompiler;
  /**
   * Loads a model in an inference process. It imports what runs the model only when it is called: the service's main
   * process reads descriptors and must not load onnxruntime.
   * @throws Error with the reason when the model cannot be loaded in this form
   */
  load(artefacts: ModelArtefacts): Promise<Model>;
}

/** Options of a model that are worth a measurement. */
export interface Trial {
  /** For the terminal. */
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface SpeechFamily extends FamilyOf<'speech', OfflineModel> {
  /** @param variant of the graphs, see FamilyCompiler.variantFor */
  capabilities(facts: ModelFacts, variant: string): SpeechCapabilities;
  /**
   * The BCP 47 tags of the languages that the files of a model name. Absent: they name none.
   * @throws SpeechError MODEL_INTEGRITY when they are not files of the family
   */
  languagesOf?(files: FilePaths): Promise<readonly string[]>;
  /** Options that depend on the training of a model, the fastest first, the surest last: for `models:add`. Absent: none. */
  readonly trials?: readonly Trial[];
}

export type VoiceActivityFamily = FamilyOf<'voice-activity', VoiceActivityModel>;

/** Models of one architecture, and all that the service knows about it: a folder in families/ and a row in families.ts. */
export type ModelFamily = SpeechFamily | VoiceActivityFamily;

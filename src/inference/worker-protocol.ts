import type { GraphFiles } from '../families/family.js';
import type { SpeechCapabilities } from '../speech-model/capabilities.js';
import type { ModelFacts } from '../speech-model/model-facts.js';
import type { LoadedGraphs } from './loaded-graphs.js';

/**
 * The messages between the service and one of its processes that run models. Requests are numbered; each gets one answer.
 * The bodies of requests and answers are in inference-messages.ts and recordings/reading-messages.ts.
 */

/** A model that a process loads before it reports that it is ready. Paths are absolute. */
export interface WorkerModel {
  readonly facts: ModelFacts;
  readonly family: string;
  /** Address of the module that defines the family; undefined for a family of this repository. */
  readonly familyModule?: string | undefined;
  /** Undefined for a model that is not a speech model. */
  readonly capabilities?: SpeechCapabilities | undefined;
  /** The manifest's files, by role. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether the family has graphs made for serving, and whether those can be prepared for a machine. */
  readonly best: 'shipped' | 'compiled' | 'prepared';
  /** The graphs made for serving, where they are complete. */
  readonly compiled?: GraphFiles;
  /** The same, prepared for this machine, where they are complete. */
  readonly prepared?: GraphFiles;
}

export type ToWorker<Body> =
  | { readonly type: 'load'; readonly models: readonly WorkerModel[] }
  | { readonly type: 'request'; readonly requestId: number; readonly body: Body }
  /** It has no answer. */
  | { readonly type: 'notice'; readonly notice: number }
  | { readonly type: 'stop' };

export type FromWorker<Answer> =
  /** `graphs` reports what was loaded for each model. */
  | { readonly type: 'ready'; readonly graphs: readonly LoadedGraphs[] }
  | { readonly type: 'load-failed'; readonly reason: string }
  /** The process has the request. */
  | { readonly type: 'begun'; readonly requestId: number }
  | {
      readonly type: 'answer';
      readonly requestId: number;
      readonly computeMs: number;
      readonly answer: Answer;
    }
  | { readonly type: 'failed'; readonly requestId: number; readonly reason: string };

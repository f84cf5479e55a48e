import { bool } from './graph-builder.js';
import type { Dimensions, ElementType } from './graph-builder.js';
import { GraphBuilder } from './graph-builder.js';

interface Shape {
  readonly type: ElementType;
  readonly dims: Dimensions;
}

/** A value that a round hands to the next one. */
export interface Carried extends Shape {
  /** Its name outside of the loop, before the first round. */
  readonly initial: string;
  /** The shape with which a round hands it on, where that is not the shape with which it takes it. */
  readonly nextDims?: Dimensions;
}

type Names<Keys extends string> = Readonly<Record<Keys, string>>;

export interface LoopOptions<Carry extends string, Scan extends string> {
  /** Names of the body's values begin with it: a body can use the values of the graphs around it. */
  readonly prefix: string;
  /** int64 []: the most rounds. */
  readonly rounds: string;
  readonly carried: Readonly<Record<Carry, Carried>>;
  /** Values of each round that the loop stacks along a new first axis; the shape of one round's. */
  readonly scanned: Readonly<Record<Scan, Shape>>;
  /** Writes one round. `goOn`: bool []. All names are names of the body. `number`: int64 [], 0 in the first round. */
  readonly body: (
    g: GraphBuilder,
    carried: Names<Carry>,
    number: string,
  ) => { readonly goOn: string; readonly next: Names<Carry>; readonly scanned: Names<Scan> };
}

/**
 * Adds an ONNX Loop. Its operator knows inputs and results by their order alone; here each has one name, and the order is
 * that of `carried` and `scanned`.
 * @returns the names of the carried values after the last round, and of the stacked values
 */
export function loop<Carry extends string, Scan extends string = never>(
  g: GraphBuilder,
  { prefix, rounds, carried, scanned, body }: LoopOptions<Carry, Scan>,
): { readonly carried: Names<Carry>; readonly scanned: Names<Scan> } {
  const carriedNames = Object.keys(carried) as Carry[];
  const scannedNames = Object.keys(scanned) as Scan[];
  const inner = new GraphBuilder(`${prefix}/`);
  const number = inner.input(`${prefix}/number`, 'int64', []);
  inner.input(`${prefix}/go_on`, 'bool', []);
  const taken = named(carriedNames, (name) =>
    inner.input(`${prefix}/${name}`, carried[name].type, carried[name].dims),
  );
  const written = body(inner, taken, number);
  inner.output(`${prefix}/next_go_on`, written.goOn, 'bool', []);
  for (const name of carriedNames) {
    const { type, dims, nextDims = dims } = carried[name];
    inner.output(`${prefix}/next_${name}`, written.next[name], type, nextDims);
  }
  for (const name of scannedNames) {
    inner.output(`${prefix}/each_${name}`, written.scanned[name], scanned[name].type, scanned[name].dims);
  }
  const results = g.ops(
    'Loop',
    [rounds, g.constant('true', bool(true)), ...carriedNames.map((name) => carried[name].initial)],
    carriedNames.length + scannedNames.length,
    { attributes: { body: inner.graph(prefix) } },
  );
  return {
    carried: named(carriedNames, (_, at) => results[at]!),
    scanned: named(scannedNames, (_, at) => results[carriedNames.length + at]!),
  };
}

function named<Keys extends string>(
  keys: readonly Keys[],
  value: (key: Keys, at: number) => string,
): Names<Keys> {
  return Object.fromEntries(keys.map((key, at) => [key, value(key, at)])) as Names<Keys>;
}

import type { JsonSchema } from '../../../src/transports/openai-realtime/client-event.schemas.js';
import type { Chance } from '../chance.js';
import { nastyText } from './nasty-texts.js';

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A value that a schema allows. Properties that are not required are there or not. */
export function valueFor(schema: JsonSchema, chance: Chance): unknown {
  return allowed(schema, chance);
}

function allowed(schema: Schema, chance: Chance): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return chance.from(schema.enum);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['null']);
  const type = (chance.happens(0.8) ? types[0] : chance.from(types)) ?? 'null';
  const { minimum = 0, maximum = 10_000 } = schema;
  switch (type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const names = Object.keys(properties).filter((name) => required.includes(name) || chance.happens(0.4));
      return Object.fromEntries(names.map((name) => [name, allowed(properties[name]!, chance)]));
    }
    case 'array':
      return Array.from({ length: chance.below(3) }, () => allowed(schema.items ?? {}, chance));
    case 'string':
      return chance.from(['en', 'moonshine-tiny-en', 'default', 'Hello there.', '']);
    case 'integer':
      return minimum + chance.below(maximum - minimum + 1);
    case 'number':
      return minimum + (chance.below(1_001) / 1_000) * (maximum - minimum);
    case 'boolean':
      return chance.happens(0.5);
    default:
      return null;
  }
}

type Holder = Record<string, unknown>;

/** Every place in a value, with what holds it. */
function placesIn(value: unknown): readonly { readonly holder: Holder; readonly name: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    { holder: value as Holder, name },
    ...placesIn(inner),
  ]);
}

/** Values of every type, and at every limit. */
function otherValue(chance: Chance): unknown {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  return chance.from<() => unknown>([
    () => null,
    () => chance.from([true, false]),
    () => chance.from([0, -0, -1, 0.5, 1e300, -1e-300, 2 ** 31, 2 ** 53, 2 ** 64, 65_536]),
    () => nastyText(chance),
    () => [],
    () => ({}),
    () => [null, 1, 'a'],
    () => ({ type: {}, toString: 1, length: -1 }),
    () => deep(chance.from([3, 100, 1_000])),
    () => Array.from({ length: chance.from([2, 70, 3_000]) }, () => 'en'),
    () => JSON.parse('{"__proto__": {"type": "x"}, "constructor": {"prototype": 1}}') as unknown,
  ])();
}

/** Changes one place of a value, as a message has it. @returns what was changed */
export function spoilValue(value: Holder, chance: Chance): string {
  const { holder, name } = chance.from(placesIn(value));
  switch (chance.below(5)) {
    case 0:
      delete holder[name];
      return `without ${name}`;
    case 1:
      holder[nastyText(chance)] = otherValue(chance);
      return `one more field next to ${name}`;
    case 2: {
      const inner = holder[name];
      holder[name] = chance.happens(0.5) ? [inner] : { [name]: inner };
      return `${name} in another value`;
    }
    default:
      holder[name] = otherValue(chance);
      return `${name} of another kind`;
  }
}

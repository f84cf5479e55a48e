import type { TransformFnParams } from 'class-transformer';

/** Spellings of nothing in programming languages: Python's `str(None)`, JavaScript's `String(undefined)`. */
const spelledNothing: readonly string[] = ['None', 'null', 'undefined'];
const spelledTrue: readonly string[] = ['true', '1', 'yes', 'on'];
const spelledFalse: readonly string[] = ['false', '0', 'no', 'off'];

/** The fields of a query as parsers of queries give them: a name that is repeated has a list. */
export function fieldsOf(search: URLSearchParams): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of new Set(search.keys())) {
    // It would change the object instead of being in it.
    if (name === '__proto__') continue;
    const values = search.getAll(name);
    fields[name] = values.length === 1 ? values[0] : values;
  }
  return fields;
}

/**
 * The fields that a client has filled in, of a form or a query. Forms and settings pages send the others as well, blank:
 * a blank field is one that was left out. Of a list the blank entries go, and one that is left stands by itself.
 */
export function givenFields(fields: object): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    const filled = Array.isArray(value) ? value.filter((entry) => !isBlank(entry)) : value;
    if (Array.isArray(filled) && filled.length > 0) given[name] = filled.length === 1 ? filled[0] : filled;
    else if (!Array.isArray(filled) && !isBlank(filled)) given[name] = filled;
  }
  return given;
}

/** Whether the value of a field asks for the feature of its name: neither blank nor a way to say no. */
export function asksFor(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(asksFor);
  return !isBlank(value) && booleanOf(value) !== false;
}

/** Yes and no in any spelling; anything else stays, and is refused by its validator. */
export function asBoolean({ value }: TransformFnParams): unknown {
  return booleanOf(value) ?? (value as unknown);
}

export function asNumber({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

export function asList({ value }: TransformFnParams): unknown {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}

function isBlank(value: unknown): boolean {
  if (typeof value !== 'string') return value === undefined || value === null;
  const text = value.trim();
  return text === '' || spelledNothing.includes(text);
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  if (spelledTrue.includes(text)) return true;
  return spelledFalse.includes(text) ? false : undefined;
}

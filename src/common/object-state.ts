/** The values of an object, and of the instances of classes in it. It can be sent to another process. */
export type ObjectState = Readonly<Record<string, unknown>>;

/**
 * Takes the state of an object apart from its methods: numbers, arrays and typed arrays, without a copy. Functions are left
 * out, and so are frozen objects, which are constants.
 */
export function stateOf(object: object): ObjectState {
  const values = Object.entries(object as Record<string, unknown>).filter(([, value]) => isState(value));
  return Object.fromEntries(
    values.map(([name, value]) => [name, isInstance(value) ? stateOf(value) : value]),
  );
}

/**
 * Gives an object the state of another one that was made in the same way; instances of classes in it have to be there already.
 * @throws Error if one is missing
 */
export function restoreState(object: object, state: ObjectState): void {
  const values = object as Record<string, unknown>;
  for (const [name, value] of Object.entries(state)) {
    const present = values[name];
    if (isInstance(present)) restoreState(present, value as ObjectState);
    else if (present === undefined && isPlain(value)) throw new Error(`${name} cannot be restored.`);
    else values[name] = copyOf(value);
  }
}

/** A copy; arrays of numbers have memory of their own, and not that of the whole message in which they came. */
function copyOf(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && 'slice' in value) return (value as Uint8Array).slice();
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isPlain(value)) return structuredClone(value);
  return Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, copyOf(inner)]));
}

function isState(value: unknown): boolean {
  return typeof value !== 'function' && !(isInstance(value) && Object.isFrozen(value));
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isInstance(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !isPlain(value)
  );
}

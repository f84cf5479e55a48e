import type { FilePart } from '../files/file-part.js';

/** A valid request in the parts of its structure. */
export interface SeedRequest {
  readonly name: string;
  readonly parts: readonly FilePart[];
}

/** The part whose number is made right again after changes of the body. */
const lengthName = 'content-length';
const bodyBegins = 'end of head';

export function textPart(name: string, text: string): FilePart {
  const number = /\d+/.exec(text);
  return {
    name,
    bytes: new Uint8Array(Buffer.from(text, 'latin1')),
    fields: number === null ? [] : [{ at: number.index, length: number[0].length, kind: 'digits' }],
  };
}

export interface RequestFields {
  readonly method: string;
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: readonly FilePart[];
}

export function requestParts({ method, path, query = [], headers = [], body }: RequestFields): FilePart[] {
  const length = body?.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return [
    textPart('method', `${method} `),
    // Each step of a path is a part: what follows the last slash is an id, or a name.
    ...path.split(/(?<=\/)(?=[^/])/).map((step, at) => textPart(at === 0 ? 'path' : 'step', step)),
    ...query.map(([name, value], at) => textPart('query', `${at === 0 ? '?' : '&'}${name}=${value}`)),
    textPart('version', ' HTTP/1.1\r\n'),
    textPart('header', 'host: localhost\r\n'),
    ...headers.map(([name, value]) => textPart('header', `${name}: ${value}\r\n`)),
    ...(length === undefined ? [] : [textPart(lengthName, `content-length: ${length}\r\n`)]),
    textPart(bodyBegins, '\r\n'),
    ...(body ?? []),
  ];
}

/** Which parts are changed: a changed head is refused before anybody reads what follows it. The query includes the path. */
export type Region = 'query' | 'body' | 'all';

/** @returns the parts before a region, in it and after it; a request without a body has nothing in that region */
export function regionOf(
  parts: readonly FilePart[],
  region: Region,
): readonly [readonly FilePart[], readonly FilePart[], readonly FilePart[]] {
  const end = parts.findIndex(({ name }) => name === bodyBegins) + 1;
  const path = parts.findIndex(({ name }) => name === 'path');
  const version = parts.findIndex(({ name }) => name === 'version');
  const [from, to] =
    region === 'query' ? [path, version] : region === 'body' ? [end, parts.length] : [0, parts.length];
  return [parts.slice(0, from), parts.slice(from, to), parts.slice(to)];
}

export function hasBody(parts: readonly FilePart[]): boolean {
  return regionOf(parts, 'body')[1].length > 0;
}

/** Makes the length of the body right, so that changes in it are read. */
export function withRightLength(parts: readonly FilePart[]): readonly FilePart[] {
  const begin = parts.findIndex(({ name }) => name === bodyBegins);
  if (begin < 0) return parts;
  const length = parts.slice(begin + 1).reduce((sum, { bytes }) => sum + bytes.length, 0);
  return parts.map((part) =>
    part.name === lengthName ? textPart(lengthName, `content-length: ${length}\r\n`) : part,
  );
}

/** The body in chunks; each is a part after its size. */
export function chunkParts(bytes: Uint8Array, chunkBytes: number): FilePart[] {
  const parts: FilePart[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    parts.push(textPart('chunk size', `${chunk.length.toString(16)}\r\n`));
    parts.push({ name: 'chunk', bytes: chunk, fields: [] });
    parts.push(textPart('end of chunk', '\r\n'));
  }
  return [...parts, textPart('last chunk', '0\r\n'), textPart('trailer', '\r\n')];
}

const boundary = 'AaB03x';

export interface FormPart {
  readonly name: string;
  readonly value: string | Uint8Array;
  /** Makes it a file. */
  readonly filename?: string;
}

export function formParts(fields: readonly FormPart[]): FilePart[] {
  return [
    ...fields.flatMap(({ name, value, filename }) => [
      textPart('boundary', `--${boundary}\r\n`),
      textPart('disposition', `Content-Disposition: form-data; name="${name}"`),
      ...(filename === undefined ? [] : [textPart('file name', `; filename="${filename}"`)]),
      textPart('end of line', '\r\n'),
      ...(filename === undefined ? [] : [textPart('media type', 'Content-Type: audio/wav\r\n')]),
      textPart('end of part head', '\r\n'),
      typeof value === 'string' ? textPart(`value of ${name}`, value) : { name, bytes: value, fields: [] },
      textPart('end of value', '\r\n'),
    ]),
    textPart('last boundary', `--${boundary}--\r\n`),
  ];
}

export const formType = `multipart/form-data; boundary=${boundary}`;

import { foreignKind } from './foreign-files.js';
import type { StoredTensor, StoredType } from './stored-weights.js';
import { maxRank } from './tensor-file.js';
import type { TensorFile } from './tensor-file.js';

/** A variable and the place of its numbers in the file. */
export interface Variable extends StoredTensor {
  readonly position: number;
  readonly lengthBytes: number;
}

/** Versions 5 and 6 have the same bytes; they differ in what config.json has to say. */
const versions: readonly number[] = [5, 6];

const types: readonly (readonly [type: StoredType, bytes: number])[] = [
  ['float32', 4],
  ['int8', 1],
  ['int16', 2],
  ['int32', 4],
  ['float16', 2],
  ['bfloat16', 2],
];

/** Whisper large has 1,300. */
const maxVariables = 16_384;

const maxNameBytes = 1_024;

/** A variable's name, shape, type and length, with all that precedes its numbers. */
const maxHeadBytes = 2 + maxNameBytes + 1 + maxRank * 4 + 5;

/**
 * Reads the names, shapes and places of all variables of a `model.bin`: u32 version, specification (string, u32 revision),
 * u32 count and the variables, u32 count and the aliases.
 *
 * @throws SpeechError MODEL_INTEGRITY when the file is damaged, cut short or of another kind
 */
export async function readCTranslate2Variables(file: TensorFile): Promise<Map<string, Variable>> {
  const cursor = new Cursor(file);
  const head = await file.readUpTo(0, 64);
  const version = head.length < 4 ? undefined : head.readUInt32LE(0);
  if (version === undefined || !versions.includes(version)) throw file.refuse(versionFault(head, version));
  await cursor.fill(4, 'its head');
  cursor.readU32();
  await cursor.fill(maxHeadBytes, 'its head');
  const specification = cursor.readString();
  if (specification !== 'WhisperSpec') throw file.refuse('is not a Whisper model of CTranslate2');
  cursor.readU32();

  const variables = new Map<string, Variable>();
  const count = await readCount(cursor, 'variables');
  for (let index = 0; index < count; index++) {
    const content = `variable ${String(index + 1)} of ${String(count)}`;
    await cursor.fill(maxHeadBytes, content);
    const variable = readVariable(cursor);
    if (variables.has(variable.name)) throw file.refuse('is named twice', variable.name);
    variables.set(variable.name, variable);
  }
  await readAliases(cursor, variables);
  if (cursor.position !== file.sizeBytes) throw file.refuse('goes on after its last alias');
  return variables;
}

function versionFault(head: Uint8Array, version: number | undefined): string {
  const kind = foreignKind(head);
  if (kind !== undefined) return `is not a model of CTranslate2 but ${kind}`;
  if (version === undefined) return 'is cut short: the file ends inside its version';
  return `is not a model of CTranslate2 of version ${versions.join(' or ')}: its version is ${String(version)}`;
}

async function readCount(cursor: Cursor, content: string): Promise<number> {
  await cursor.fill(4, `the count of its ${content}`);
  const count = cursor.readU32();
  if (count > maxVariables) {
    throw cursor.file.refuse(`has ${String(count)} ${content}, more than ${String(maxVariables)}`);
  }
  return count;
}

function readVariable(cursor: Cursor): Variable {
  const { file } = cursor;
  const name = cursor.readString();
  const rank = cursor.readU8();
  if (rank > maxRank) {
    throw file.refuse(`has ${String(rank)} dimensions; at most ${String(maxRank)} are read`, name);
  }
  const shape = Array.from({ length: rank }, () => cursor.readU32());
  const typeId = cursor.readU8();
  const [type, size] = types[typeId] ?? [];
  if (type === undefined || size === undefined)
    throw file.refuse(`has the unknown type ${String(typeId)}`, name);
  const lengthBytes = cursor.readU32();
  const needed = file.countNumbers(shape, name) * size;
  if (lengthBytes !== needed) {
    throw file.refuse(`has ${String(lengthBytes)} bytes, but its shape needs ${String(needed)}`, name);
  }
  const { position } = cursor;
  if (position + lengthBytes > file.sizeBytes)
    throw file.refuse('is cut short: it ends after the file', name);
  cursor.skip(lengthBytes);
  return { name, shape, type, position, lengthBytes };
}

/** An alias is a second name of a variable, and of its scale. */
async function readAliases(cursor: Cursor, variables: Map<string, Variable>): Promise<void> {
  const { file } = cursor;
  const count = await readCount(cursor, 'aliases');
  for (let index = 0; index < count; index++) {
    await cursor.fill(2 * (2 + maxNameBytes), `alias ${String(index + 1)} of ${String(count)}`);
    const alias = cursor.readString();
    const target = cursor.readString();
    const variable = variables.get(target);
    if (!variable) throw file.refuse('is an alias of a tensor that is not there', alias);
    if (variables.has(alias)) throw file.refuse('is named twice', alias);
    variables.set(alias, { ...variable, name: alias });
    const scale = variables.get(`${target}_scale`);
    const scaleAlias = `${alias}_scale`;
    if (scale && !variables.has(scaleAlias)) variables.set(scaleAlias, { ...scale, name: scaleAlias });
  }
}

/** A place in the file, with some bytes ahead of it. */
class Cursor {
  position = 0;
  private ahead: Buffer = Buffer.alloc(0);
  private content = '';

  constructor(readonly file: TensorFile) {}

  /** Reads up to this many bytes ahead, fewer at the end of the file. `content` names them in errors. */
  async fill(bytes: number, content: string): Promise<void> {
    this.content = content;
    if (this.ahead.length < bytes) this.ahead = await this.file.readUpTo(this.position, bytes);
  }

  readU8(): number {
    return this.take(1).readUInt8();
  }

  readU32(): number {
    return this.take(4).readUInt32LE();
  }

  /** A string has a u16 length, which includes the zero byte at its end. */
  readString(): string {
    const length = this.take(2).readUInt16LE();
    if (length < 2 || length > maxNameBytes) {
      throw this.file.refuse(`is damaged: ${this.content} has a name of ${String(length)} bytes`);
    }
    const bytes = this.take(length);
    if (bytes.indexOf(0) !== length - 1)
      throw this.file.refuse(`is damaged: ${this.content} has a broken name`);
    return bytes.toString('utf8', 0, length - 1);
  }

  skip(bytes: number): void {
    this.position += bytes;
    this.ahead = this.ahead.subarray(Math.min(bytes, this.ahead.length));
  }

  private take(bytes: number): Buffer {
    if (this.ahead.length < bytes) {
      throw this.file.refuse(`is cut short: the file ends inside ${this.content}`);
    }
    const taken = this.ahead.subarray(0, bytes);
    this.skip(bytes);
    return taken;
  }
}

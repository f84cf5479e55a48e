import { foreignKind } from './foreign-files.js';
import { numberBytes, readNumbers } from './number-types.js';
import type { NumberType } from './number-types.js';
import type { StoredTensor } from './stored-weights.js';
import { TensorFile } from './tensor-file.js';
import { findRepeatedKey } from './unique-keys.js';

/** Whisper large has 1,300 tensors, whose header is 200 KB. */
const maxHeaderBytes = 2 * 1024 * 1024;
const lengthBytes = 8;

const readable = new Map<unknown, NumberType>([
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
]);

/** Bits are taken from the name: "I64", "F8_E4M3". */
const typePattern = /^(?:BOOL|(?:BF|F|I|U)(8|16|32|64)(?:_\w{1,16})?)$/;

/** A tensor and its place in the file, in bytes. */
interface PlacedTensor extends StoredTensor {
  readonly start: number;
  readonly end: number;
}

/** One safetensors file: the length of its header (u64), the header (JSON), the numbers. */
export class SafetensorsFile {
  private constructor(
    readonly file: TensorFile,
    readonly tensors: ReadonlyMap<string, PlacedTensor>,
  ) {}

  /** @throws SpeechError MODEL_INTEGRITY when the file is damaged, cut short or of another kind */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await TensorFile.open(path);
    try {
      return new SafetensorsFile(file, await readHeader(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async readNumbers(tensor: PlacedTensor): Promise<Float32Array<ArrayBuffer>> {
    const { name, type, start, end } = tensor;
    if (!(type in numberBytes)) {
      throw this.file.refuse('has numbers of a type other than F32, F16 and BF16', name);
    }
    return readNumbers(
      await this.file.readBytes(start, end - start, 'its numbers', name),
      type as NumberType,
    );
  }
}

async function readHeader(file: TensorFile): Promise<Map<string, PlacedTensor>> {
  const head = await file.readUpTo(0, 64);
  const length = head.length < lengthBytes ? undefined : head.readBigUInt64LE(0);
  if (length === undefined || length < 2n || length > BigInt(maxHeaderBytes) || head[lengthBytes] !== 0x7b) {
    throw file.refuse(headerFault(head, length));
  }
  const start = lengthBytes + Number(length);
  const text = (await file.readBytes(lengthBytes, Number(length), 'its header')).toString('utf8');
  const header = parseObject(text);
  if (!header) throw file.refuse('has a header that is not a JSON object');
  const repeated = findRepeatedKey(text);
  if (repeated !== undefined) throw file.refuse('is named twice', repeated);
  const tensors = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => placeTensor(file, name, entry, start));
  checkPlaces(file, tensors, start);
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function headerFault(head: Uint8Array, length: bigint | undefined): string {
  const kind = foreignKind(head);
  if (kind !== undefined && kind !== 'a safetensors file') return `is not a safetensors file but ${kind}`;
  if (length === undefined) return 'is cut short: the file ends inside the length of its header';
  if (length > BigInt(maxHeaderBytes)) {
    return `is not a safetensors file: its header would have ${String(length)} bytes, more than ${String(maxHeaderBytes)}`;
  }
  return 'is not a safetensors file: its header is not a JSON object';
}

/** Returns undefined for anything but an object. */
function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function placeTensor(file: TensorFile, name: string, entry: unknown, dataStart: number): PlacedTensor {
  const { dtype, shape, data_offsets: offsets } = Object(entry) as Record<string, unknown>;
  if (!Array.isArray(shape) || !Array.isArray(offsets) || offsets.length !== 2) {
    throw file.refuse('has no shape or no offsets', name);
  }
  const bits = typeof dtype === 'string' ? typePattern.exec(dtype) : null;
  if (!bits) throw file.refuse('has an unknown type', name);
  const count = file.countNumbers(shape as number[], name);
  const [start, end] = offsets as [number, number];
  const isWhole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!isWhole || start < 0 || end < start) throw file.refuse('has offsets that are not a range', name);
  const length = (count * Number(bits[1] ?? 8)) / 8;
  if (end - start !== length) {
    throw file.refuse(`has ${String(end - start)} bytes, but its shape needs ${String(length)}`, name);
  }
  if (dataStart + end > file.sizeBytes) throw file.refuse('is cut short: it ends after the file', name);
  const type = readable.get(dtype) ?? 'other';
  return { name, shape: shape as number[], type, start: dataStart + start, end: dataStart + end };
}

/** Every byte after the header belongs to exactly one tensor: the format has neither overlaps nor gaps. */
function checkPlaces(file: TensorFile, tensors: readonly PlacedTensor[], dataStart: number): void {
  let end = dataStart;
  for (const tensor of tensors.toSorted((a, b) => a.start - b.start)) {
    if (tensor.start < end) throw file.refuse('overlaps another tensor', tensor.name);
    if (tensor.start > end) throw file.refuse('follows bytes that belong to no tensor', tensor.name);
    end = tensor.end;
  }
  if (end !== file.sizeBytes) throw file.refuse('ends with bytes that belong to no tensor');
}

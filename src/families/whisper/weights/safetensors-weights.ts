import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { SafetensorsFile } from './safetensors-file.js';
import type { StoredTensor, StoredWeights } from './stored-weights.js';
import { quoteName, TensorFile, weightsFault } from './tensor-file.js';
import { findRepeatedKey } from './unique-keys.js';

export const safetensorsName = 'model.safetensors';
export const safetensorsIndexName = 'model.safetensors.index.json';

const maxIndexBytes = 2 * 1024 * 1024;

/** Whisper large in float32 has two files. */
const maxFiles = 64;

/** A name in the folder itself: no separator, no "..", no hidden file. */
const fileNamePattern = /^[A-Za-z0-9_-][\w.-]{0,200}\.safetensors$/;

/** Weights in one safetensors file of a folder, or in several that an index names. */
export class SafetensorsWeights implements StoredWeights {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  private readonly fileOf = new Map<string, SafetensorsFile>();

  private constructor(
    private readonly path: string,
    private readonly files: readonly SafetensorsFile[],
  ) {
    const tensors = new Map<string, StoredTensor>();
    for (const opened of files) {
      for (const tensor of opened.tensors.values()) {
        if (tensors.has(tensor.name)) throw opened.file.refuse('is in another file too', tensor.name);
        tensors.set(tensor.name, tensor);
        this.fileOf.set(tensor.name, opened);
      }
    }
    this.tensors = tensors;
  }

  /** @throws SpeechError MODEL_INTEGRITY when a file is missing, damaged, cut short or of another kind */
  static async open(folder: string): Promise<SafetensorsWeights> {
    const indexPath = join(folder, safetensorsIndexName);
    const single = join(folder, safetensorsName);
    const isSharded = !(await isThere(single)) && (await isThere(indexPath));
    const places = isSharded ? await readIndex(indexPath) : new Map<string, string>();
    const paths = isSharded ? [...new Set(places.values())].map((name) => join(folder, name)) : [single];
    const files: SafetensorsFile[] = [];
    try {
      for (const path of paths) files.push(await SafetensorsFile.open(path));
      const weights = new SafetensorsWeights(isSharded ? indexPath : single, files);
      for (const [tensor, name] of places) {
        const path = join(folder, name);
        if (weights.fileOf.get(tensor)?.file.path !== path) {
          throw weightsFault(path, 'is not in this file, which the index names for it', tensor);
        }
      }
      return weights;
    } catch (error) {
      for (const { file } of files) await file.close();
      throw error;
    }
  }

  async readNumbers(name: string): Promise<Float32Array<ArrayBuffer>> {
    const opened = this.fileOf.get(name);
    const tensor = opened?.tensors.get(name);
    if (!opened || !tensor) throw this.refuse('is missing', name);
    return opened.readNumbers(tensor);
  }

  refuse(fault: string, tensor?: string): Error {
    const path = tensor === undefined ? this.path : (this.fileOf.get(tensor)?.file.path ?? this.path);
    return weightsFault(path, fault, tensor);
  }

  async close(): Promise<void> {
    for (const { file } of this.files) await file.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Names of the files that an index names, in their order. @throws SpeechError MODEL_INTEGRITY when it is damaged */
export async function readShardNames(indexPath: string): Promise<readonly string[]> {
  return [...new Set((await readIndex(indexPath)).values())].sort();
}

/** Returns the name of the file of each tensor. */
async function readIndex(path: string): Promise<Map<string, string>> {
  const file = await TensorFile.open(path);
  try {
    if (file.sizeBytes > maxIndexBytes) {
      throw file.refuse(`has ${String(file.sizeBytes)} bytes, more than ${String(maxIndexBytes)}`);
    }
    const text = (await file.readUpTo(0, maxIndexBytes)).toString('utf8');
    const map = parseWeightMap(text);
    if (!map || Object.keys(map).length === 0) throw file.refuse('is not an index of weights');
    const repeated = findRepeatedKey(text);
    if (repeated !== undefined) throw file.refuse('is named twice', repeated);
    for (const [tensor, name] of Object.entries(map)) {
      if (typeof name !== 'string' || !fileNamePattern.test(name)) {
        throw file.refuse(
          `should be in ${quoteName(String(name))}, which is not a file of its folder`,
          tensor,
        );
      }
    }
    const places = new Map(Object.entries(map as Record<string, string>));
    if (new Set(places.values()).size > maxFiles)
      throw file.refuse(`names more than ${String(maxFiles)} files`);
    return places;
  } finally {
    await file.close();
  }
}

function parseWeightMap(text: string): object | undefined {
  try {
    const { weight_map: map } = Object(JSON.parse(text)) as { weight_map?: unknown };
    return typeof map === 'object' && map !== null && !Array.isArray(map) ? map : undefined;
  } catch {
    return undefined;
  }
}

import { crc32, deflateRawSync } from 'node:zlib';

export interface WheelOptions {
  /** Keeps the files as they are instead of deflating them. */
  readonly isStored?: boolean;
  /** Changes what the directory of the zip says of a file. */
  readonly claim?: { readonly bytes?: number; readonly crc?: number; readonly flags?: number };
}

/** A zip of these files, by their names. */
export function zipOf(
  files: Readonly<Record<string, Buffer>>,
  { isStored = false, claim = {} }: WheelOptions = {},
): Buffer {
  const contents: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path);
    const packed = isStored ? content : deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(claim.flags ?? 0, 2);
    fields.writeUInt16LE(isStored ? 0 : 8, 4);
    fields.writeUInt32LE(claim.crc ?? crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claim.bytes ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    contents.push(Buffer.from('PK\u0003\u0004'), fields, name, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), fields, place, name);
    offset += 30 + name.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...contents, list, end]);
}

/** A wheel that pip takes: the files, and what describes them. */
export function wheelOf(
  name: string,
  version: string,
  files: Readonly<Record<string, Buffer>>,
  options?: WheelOptions,
): { readonly fileName: string; readonly bytes: Buffer } {
  const stem = `${name.replaceAll('-', '_')}-${version}`;
  const described = {
    ...files,
    [`${stem}.dist-info/METADATA`]: Buffer.from(
      `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    ),
    [`${stem}.dist-info/WHEEL`]: Buffer.from(
      'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ),
    [`${stem}.dist-info/RECORD`]: Buffer.alloc(0),
  };
  return { fileName: `${stem}-py3-none-any.whl`, bytes: zipOf(described, options) };
}

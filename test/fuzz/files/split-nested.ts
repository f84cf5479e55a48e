import { readElement } from '../../../src/audio/decoders/webm/ebml.js';
import { elementKind, webmIds } from '../../../src/audio/decoders/webm/webm-elements.js';
import { numbersIn } from './file-part.js';
import type { FilePart } from './file-part.js';

/** Elements of EBML: the head of a master is a part, and its children are the next ones. */
export function splitEbml(file: Uint8Array): FilePart[] {
  const parts: FilePart[] = [];
  for (let at = 0; at < file.length;) {
    const element = readElement(file.subarray(at, at + 12));
    if (element === undefined || element === 'invalid') {
      parts.push({ name: 'rest', bytes: file.slice(at), fields: [] });
      break;
    }
    const { id, headBytes, dataBytes = 0 } = element;
    const isMaster = elementKind(id) === 'master';
    const bytes = file.slice(at, at + headBytes + (isMaster ? 0 : dataBytes));
    const idBytes = id > 0xff_ffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
    parts.push({
      name: id === webmIds.simpleBlock ? 'block' : `${isMaster ? 'master' : 'element'} ${id.toString(16)}`,
      bytes,
      fields: [
        { at: idBytes, length: headBytes - idBytes, kind: 'vint' },
        ...numbersIn(headBytes, Math.min(bytes.length, headBytes + 24), 'big'),
      ],
    });
    at += bytes.length;
  }
  return parts;
}

const boxesWithBoxes: ReadonlySet<string> = new Set(
  'moov trak mdia minf stbl edts udta mvex moof traf dinf'.split(' '),
);

/** Boxes of MP4: the head of one that has boxes is a part, and these are the next ones. */
export function splitBoxes(file: Uint8Array): FilePart[] {
  const parts: FilePart[] = [];
  for (let at = 0; at < file.length;) {
    const view = new DataView(file.buffer, file.byteOffset + at, Math.min(16, file.length - at));
    if (view.byteLength < 8) break;
    const name = String.fromCharCode(...file.subarray(at + 4, at + 8));
    const claimed = view.getUint32(0);
    const size = boxesWithBoxes.has(name) ? 8 : claimed < 8 ? file.length - at : claimed;
    const bytes = file.slice(at, at + size);
    parts.push({
      name,
      bytes,
      fields: [{ at: 0, length: 4, kind: 'big' }, ...numbersIn(8, bytes.length, 'big')],
    });
    at += bytes.length;
  }
  return parts;
}

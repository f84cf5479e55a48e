import type { Mp4Track } from './mp4-track.js';
import { boxesIn } from './mp4-box.js';
import type { Box } from './mp4-box.js';
import type { SamplePlace } from './sample-places.js';

/** Flags of `tfhd`. */
const hasBaseOffset = 0x1;
const hasDescription = 0x2;
const hasDefaultDuration = 0x8;
const hasDefaultBytes = 0x10;
/** Flags of `trun`. */
const hasDataOffset = 0x1;
const hasFirstFlags = 0x4;
const hasDuration = 0x100;
const hasBytes = 0x200;
const hasSampleFlags = 0x400;
const hasTimeOffset = 0x800;

/**
 * Places of the samples that a fragment adds to a track.
 *
 * @param moof the box with its header
 * @param offset of the box in the file
 */
export function* fragmentPlaces(
  moof: Uint8Array,
  offset: number,
  track: Mp4Track,
): Generator<SamplePlace, void, undefined> {
  const view = new DataView(moof.buffer, moof.byteOffset, moof.length);
  const [whole] = boxesIn(moof);
  for (const traf of boxesIn(moof, whole!.start, whole!.end)) {
    if (traf.type !== 'traf') continue;
    const boxes = [...boxesIn(moof, traf.start, traf.end)];
    const head = boxes.find(({ type }) => type === 'tfhd');
    if (head === undefined || head.end - head.start < 8 || view.getUint32(head.start + 4) !== track.id)
      continue;
    const flags = view.getUint32(head.start) & 0xff_ffff;
    const fields = new Fields(view, head, 8);
    const base = (flags & hasBaseOffset) === 0 ? offset : fields.next() * 2 ** 32 + fields.next();
    if ((flags & hasDescription) !== 0) fields.next();
    if ((flags & hasDefaultDuration) !== 0) fields.next();
    const defaultBytes = (flags & hasDefaultBytes) === 0 ? track.defaultSampleBytes : fields.next();
    let position = base;
    for (const run of boxes) {
      if (run.type === 'trun') position = yield* runPlaces(view, run, { base, position, defaultBytes });
    }
  }
}

function* runPlaces(
  view: DataView,
  run: Box,
  { base, position, defaultBytes }: { base: number; position: number; defaultBytes: number },
): Generator<SamplePlace, number, undefined> {
  if (run.end - run.start < 8) return position;
  const flags = view.getUint32(run.start) & 0xff_ffff;
  const count = view.getUint32(run.start + 4);
  const fields = new Fields(view, run, 8);
  // It is signed.
  let at = (flags & hasDataOffset) === 0 ? position : base + (fields.next() | 0);
  if ((flags & hasFirstFlags) !== 0) fields.next();
  for (let sample = 0; sample < count; sample++) {
    if ((flags & hasDuration) !== 0) fields.next();
    const bytes = (flags & hasBytes) === 0 ? defaultBytes : fields.next();
    if ((flags & hasSampleFlags) !== 0) fields.next();
    if ((flags & hasTimeOffset) !== 0) fields.next();
    if (fields.isPastEnd || bytes === 0) break;
    yield { offset: at, bytes };
    at += bytes;
  }
  return at;
}

/** Numbers of 32 bits, one after the other; zeros after the end of the box. */
class Fields {
  private at: number;
  isPastEnd = false;

  constructor(
    private readonly view: DataView,
    private readonly box: Box,
    from: number,
  ) {
    this.at = box.start + from;
  }

  next(): number {
    if (this.at + 4 > this.box.end) {
      this.isPastEnd = true;
      return 0;
    }
    this.at += 4;
    return this.view.getUint32(this.at - 4);
  }
}

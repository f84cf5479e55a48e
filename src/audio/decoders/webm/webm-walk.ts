import { ByteWindow } from '../../byte-window.js';
import { readElement, readVint, writeElementHead } from './ebml.js';
import type { EbmlElement } from './ebml.js';
import { elementKind, webmIds } from './webm-elements.js';

/** An element that matters: one that holds others begins (`data` is empty), or another one is complete. */
export interface WebmElement {
  readonly id: number;
  /** Valid until the next element is taken. */
  readonly data: Uint8Array;
}

/** A frame of audio is far smaller; a block of video that is longer is left out. */
const elementBytesAtMost = 1_048_576;
const idBytesAtMost = 4;
const trackBytesAtMost = 8;
const noBytes = new Uint8Array(0);

/**
 * Walks over the elements of a WebM or Matroska file. It goes into each element that holds others without regard to where
 * that one ends, so that sizes that are unknown (live recordings) or wrong do not matter. After bytes that are not an element
 * it goes on with the next cluster.
 */
export class WebmWalk {
  private readonly window = new ByteWindow();
  /** Bytes of an element that is left out. */
  private leftToSkip = 0;
  private isLost = false;
  private receivedBytes = 0;
  /** Where the content of the file ends by its size; 0 if that is not known. */
  private segmentEnd = 0;
  /** The blocks of other tracks are left out; undefined: none. */
  wantedTrack: number | undefined;

  /** After the last bytes: an element goes on beyond them. */
  get truncation(): string | undefined {
    const isCut = this.leftToSkip > 0 || this.window.length > 0 || this.segmentEnd > this.receivedBytes;
    if (this.isLost || !isCut) return undefined;
    return 'The WebM or Matroska file ends before its last element does: the recording is cut short.';
  }

  /** Bytes that wait for the rest of their element. */
  get heldBytes(): number {
    return this.window.length;
  }

  /** Bytes with which another walk goes on before the held ones. */
  resumption(): Uint8Array {
    if (this.isLost) return Uint8Array.of(0);
    return this.leftToSkip === 0 ? noBytes : writeElementHead(webmIds.padding, this.leftToSkip);
  }

  *push(bytes: Uint8Array): Generator<WebmElement, void, undefined> {
    this.receivedBytes += bytes.length;
    this.window.push(bytes);
    while (this.isAtElement()) {
      const view = this.window.view();
      const element = readElement(view);
      if (element === undefined) return;
      const action = element === 'invalid' ? 'damage' : this.actionAt(view, element);
      if (action === undefined) return;
      if (element === 'invalid' || action === 'damage') {
        this.isLost = true;
        this.window.drop(1);
        continue;
      }
      const { id, headBytes, dataBytes = 0 } = element;
      if (action === 'read') {
        const end = headBytes + dataBytes;
        if (view.length < end) return;
        this.window.drop(end);
        yield { id, data: view.subarray(headBytes, end) };
      } else {
        this.window.drop(headBytes);
        if (id === webmIds.segment) this.segmentEnd = this.receivedBytes - this.window.length + dataBytes;
        if (action === 'enter') yield { id, data: noBytes };
        else this.leftToSkip = dataBytes;
      }
    }
  }

  /** Blocks of video are left out without being held. @returns undefined while the number of the track is not there */
  private actionAt(view: Uint8Array, element: EbmlElement): Action | undefined {
    const action = actionFor(element);
    if (action !== 'read' || this.wantedTrack === undefined || elementKind(element.id) !== 'block')
      return action;
    const track = readVint(view, element.headBytes);
    if (track === undefined && view.length < element.headBytes + trackBytesAtMost) return undefined;
    return track?.value === this.wantedTrack ? 'read' : 'leave out';
  }

  /** Skips and searches as far as there are bytes. */
  private isAtElement(): boolean {
    const skipped = Math.min(this.leftToSkip, this.window.length);
    this.leftToSkip -= skipped;
    this.window.drop(skipped);
    if (this.isLost) this.search();
    return !this.isLost && this.window.length > 0;
  }

  /** For the next cluster, or the begin of another file. */
  private search(): void {
    const view = this.window.view();
    for (let at = 0; at + idBytesAtMost <= view.length; at++) {
      const id = ((view[at]! << 24) | (view[at + 1]! << 16) | (view[at + 2]! << 8) | view[at + 3]!) >>> 0;
      if (id !== webmIds.cluster && id !== webmIds.ebml) continue;
      this.window.drop(at);
      this.isLost = false;
      return;
    }
    this.window.drop(Math.max(0, view.length - idBytesAtMost + 1));
  }
}

type Action = 'enter' | 'read' | 'leave out' | 'damage';

function actionFor({ id, dataBytes }: EbmlElement): Action {
  const kind = elementKind(id);
  if (kind === 'master') return 'enter';
  if (dataBytes === undefined) return 'damage';
  if (kind === 'ignored') return 'leave out';
  if (dataBytes > elementBytesAtMost) return kind === 'block' ? 'leave out' : 'damage';
  return kind === 'unknown' ? 'leave out' : 'read';
}

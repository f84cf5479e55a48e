/** The elements of Matroska (RFC 9559) that matter for audio. */
export const webmIds = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  cluster: 0x1f43b675,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  codecDelay: 0x56aa,
  contentEncodings: 0x6d80,
  audio: 0xe1,
  channels: 0x9f,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
  discardPadding: 0x75a2,
  padding: 0xec,
} as const;

const masters: ReadonlySet<number> = new Set([
  webmIds.segment,
  webmIds.cluster,
  webmIds.tracks,
  webmIds.trackEntry,
  webmIds.audio,
  webmIds.blockGroup,
]);

const blocks: ReadonlySet<number> = new Set([webmIds.block, webmIds.simpleBlock]);

/** They may be of any size: SeekHead, Info, Cues, Tags, Attachments, Chapters, Void. */
const ignored: ReadonlySet<number> = new Set([
  0x114d9b74,
  0x1549a966,
  0x1c53bb6b,
  0x1254c367,
  0x1941a469,
  0x1043a770,
  webmIds.padding,
]);

const known: ReadonlySet<number> = new Set(Object.values(webmIds));

export type ElementKind = 'master' | 'block' | 'value' | 'ignored' | 'unknown';

export function elementKind(id: number): ElementKind {
  if (masters.has(id)) return 'master';
  if (blocks.has(id)) return 'block';
  if (ignored.has(id)) return 'ignored';
  return known.has(id) ? 'value' : 'unknown';
}

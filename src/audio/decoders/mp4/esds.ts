const streamTag = 3;
const decoderTag = 4;

/** Object types of MPEG audio of layers I to III. */
const mpegAudio = [0x69, 0x6b];

/** The name of the codec of an `mp4a` entry. @param esds content of the box */
export function mp4aCodec(esds: Uint8Array): 'MP3' | 'AAC' {
  let at = 4;
  const enter = (tag: number): boolean => {
    if (esds[at] !== tag) return false;
    at++;
    // The length, of up to four bytes.
    for (let bytes = 0; bytes < 4 && (esds[at++]! & 0x80) !== 0; bytes++);
    return true;
  };
  if (!enter(streamTag)) return 'AAC';
  const flags = esds[at + 2] ?? 0;
  at += 3;
  if ((flags & 0x80) !== 0) at += 2;
  if ((flags & 0x40) !== 0) at += 1 + (esds[at] ?? 0);
  if ((flags & 0x20) !== 0) at += 2;
  return enter(decoderTag) && mpegAudio.includes(esds[at]!) ? 'MP3' : 'AAC';
}

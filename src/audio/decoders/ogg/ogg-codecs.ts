/** Codecs by the first bytes of their first packet. */
const magics: readonly (readonly [string, string])[] = [
  ['Opus', 'OpusHead'],
  ['Vorbis', '\x01vorbis'],
  ['FLAC', '\x7fFLAC'],
  ['Speex', 'Speex   '],
  ['CELT', 'CELT    '],
  ['PCM', 'PCM     '],
  ['Theora', '\x80theora'],
  ['Dirac', 'BBCD'],
  ['Skeleton', 'fishead\0'],
];

const audioCodecs: ReadonlySet<string> = new Set(['Opus', 'Vorbis', 'FLAC', 'Speex', 'CELT', 'PCM']);

/** The name of the codec whose stream begins with this packet; undefined for an unknown one. */
export function oggCodecOf(packet: Uint8Array): string | undefined {
  return magics.find(([, magic]) => startsWith(packet, magic))?.[0];
}

export function isOggAudio(codec: string | undefined): boolean {
  return codec !== undefined && audioCodecs.has(codec);
}

function startsWith(packet: Uint8Array, magic: string): boolean {
  for (let at = 0; at < magic.length; at++) if (packet[at] !== magic.charCodeAt(at)) return false;
  return true;
}

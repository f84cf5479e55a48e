/** Bytes from the start that are enough to recognize every container below. */
export const headBytes = 64;
/** Bytes that are enough to recognize the containers with a signature at the start. */
const signatureBytes = 12;

/** Some raw audio begins like a 'weak' signature, so those are ignored when raw audio was declared. */
type Strength = 'strong' | 'weak';

interface Signature {
  readonly name: string;
  readonly strength: Strength;
  readonly matches: (head: Uint8Array) => boolean;
}

function ascii(head: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (head[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function contains(head: Uint8Array, text: string): boolean {
  for (let at = 0; at + text.length <= head.length; at++) if (ascii(head, at, text)) return true;
  return false;
}

function startsWith(name: string, text: string, at = 0): Signature {
  return { name, strength: 'strong', matches: (head) => ascii(head, at, text) };
}

function both(name: string, first: string, second: string, at: number): Signature {
  return { name, strength: 'strong', matches: (head) => ascii(head, 0, first) && ascii(head, at, second) };
}

function within(name: string, first: string, text: string): Signature {
  return { name, strength: 'strong', matches: (head) => ascii(head, 0, first) && contains(head, text) };
}

/** An MPEG frame header has eleven sync bits, then fields that each have a forbidden value. */
function isMpegFrame(head: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = head;
  return (
    first === 0xff &&
    (second & 0xe0) === 0xe0 &&
    (second & 0x18) !== 0x08 &&
    (second & 0x06) !== 0 &&
    (third & 0xf0) !== 0xf0 &&
    (third & 0x0c) !== 0x0c
  );
}

/** Whether the bytes are UTF-8 without control characters. The last character may be incomplete. */
function isText(head: Uint8Array): boolean {
  if (head.length === 0 || head.some((byte) => byte < 9 || (byte > 13 && byte < 32) || byte === 127))
    return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Whether all of the head is base64: ordinary text has a space somewhere in it. */
function isBase64(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head);
  return (
    head.length === headBytes &&
    /^(?:data:[^,]*;base64,)?[A-Za-z0-9+/=_-]*\r?\n?[A-Za-z0-9+/=_-]*$/.test(text)
  );
}

const ebml = '\x1a\x45\xdf\xa3';
/** Containers that name what is in them some bytes after their signature. */
const carriers = ['Ogg', 'Matroska'];

/** In order: the first match counts, so specific signatures precede general ones. */
const signatures: readonly Signature[] = [
  both('wav', 'RIFF', 'WAVE', 8),
  both('wav', 'RF64', 'WAVE', 8),
  both('wav', 'BW64', 'WAVE', 8),
  both('wav', 'RIFX', 'WAVE', 8),
  both('AVI', 'RIFF', 'AVI ', 8),
  startsWith('FLAC', 'fLaC'),
  within('Ogg/Opus', 'OggS', 'OpusHead'),
  within('Ogg/Vorbis', 'OggS', 'vorbis'),
  within('Ogg/Speex', 'OggS', 'Speex'),
  within('Ogg/FLAC', 'OggS', 'FLAC'),
  startsWith('Ogg', 'OggS'),
  within('WebM', ebml, 'webm'),
  startsWith('Matroska', ebml),
  startsWith('MP4 or M4A', 'ftyp', 4),
  startsWith('MP4 or M4A', 'moov', 4),
  both('AIFF', 'FORM', 'AIF', 8),
  startsWith('Sun AU', '.snd'),
  startsWith('CAF', 'caff'),
  startsWith('Sony Wave64', 'riff\x2e\x91\xcf\x11'),
  startsWith('NIST SPHERE', 'NIST_1A'),
  startsWith('AMR', '#!AMR'),
  startsWith('Windows Media (ASF)', '\x30\x26\xb2\x75'),
  startsWith('WavPack', 'wvpk'),
  startsWith('True Audio', 'TTA1'),
  startsWith('Flash video', 'FLV\x01'),
  startsWith("Monkey's Audio", 'MAC '),
  startsWith('MIDI', 'MThd'),
  { name: 'MP3', strength: 'strong', matches: (head) => ascii(head, 0, 'ID3') && (head[3] ?? 9) < 5 },
  startsWith('gzip', '\x1f\x8b\x08\x00'),
  startsWith('ZIP', 'PK\x03\x04'),
  startsWith('PDF', '%PDF-'),
  {
    name: 'AAC (ADTS)',
    strength: 'weak',
    matches: (head) => head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0,
  },
  { name: 'AC-3', strength: 'weak', matches: (head) => head[0] === 0x0b && head[1] === 0x77 },
  { name: 'MP3', strength: 'weak', matches: isMpegFrame },
  { name: 'base64 text, which has to be decoded first', strength: 'weak', matches: isBase64 },
  { name: 'text', strength: 'weak', matches: isText },
];

/** @returns how many bytes from the start are needed to detect the format of an input that begins like this */
export function bytesToDetect(head: Uint8Array, declaredRaw: boolean): number {
  if (!declaredRaw) return headBytes;
  return carriers.includes(detectContainer(head, declaredRaw) ?? '') ? headBytes : signatureBytes;
}

/**
 * Detects the format of an input from its first bytes, never from its file name or media type.
 *
 * @param head up to `headBytes` from the start
 * @param declaredRaw the client declared raw samples: only strong signatures count
 * @returns 'wav' or a name for the error message; undefined if no signature matches
 */
export function detectContainer(head: Uint8Array, declaredRaw: boolean): string | undefined {
  return signatures.find((s) => (s.strength === 'strong' || !declaredRaw) && s.matches(head))?.name;
}

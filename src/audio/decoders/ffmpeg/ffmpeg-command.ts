/** The programs that decode with ffmpeg, by their absolute paths. */
export interface FfmpegProgram {
  readonly ffmpeg: string;
  /** Sets the limits. */
  readonly prlimit: string;
  /** Has the kernel end ffmpeg with the process that started it. */
  readonly setpriv: string;
}

/**
 * Limits that the kernel holds. Decoding takes 3 MB of memory of its own, and a five-hundredth of the duration of the audio.
 * Nothing is opened but the pipes and, while it starts, libraries; nothing is written to a file.
 */
const limits: Readonly<Record<string, number>> = {
  data: 256 * 1_048_576,
  cpu: 600,
  nofile: 32,
  fsize: 0,
  core: 0,
};

/** For one allocation, of which damaged headers ask too much. */
const allocationBytesAtMost = 64 * 1_048_576;

/** Decoders of audio: those of pictures and subtitles never get bytes of a client. */
const codecs = [
  ...['aac', 'aac_latm', 'alac', 'amrnb', 'amrwb', 'wmav1', 'wmav2', 'wmapro', 'wmavoice', 'wmalossless'],
  ...['ac3', 'eac3', 'dca', 'mlp', 'truehd', 'ape', 'wavpack', 'tta', 'shorten', 'mpc7', 'mpc8', 'tak'],
  ...[
    'mp1',
    'mp1float',
    'mp2',
    'mp2float',
    'mp3',
    'mp3float',
    'flac',
    'opus',
    'libopus',
    'vorbis',
    'libvorbis',
  ],
  ...[
    'speex',
    'libspeex',
    'gsm',
    'gsm_ms',
    'libgsm',
    'libgsm_ms',
    'ilbc',
    'g722',
    'g726',
    'g726le',
    'g723_1',
  ],
  ...['g729', 'qcelp', 'evrc', 'qdm2', 'qdmc', 'nellymoser', 'truespeech', 'mace3', 'mace6'],
  ...['adpcm_ima_wav', 'adpcm_ima_qt', 'adpcm_ms', 'adpcm_yamaha', 'adpcm_swf', 'adpcm_g722', 'adpcm_g726'],
  ...['pcm_alaw', 'pcm_mulaw', 'pcm_u8', 'pcm_s8', 'pcm_s16le', 'pcm_s16be', 'pcm_s24le', 'pcm_s24be'],
  ...['pcm_s32le', 'pcm_s32be', 'pcm_f32le', 'pcm_f32be', 'pcm_f64le', 'pcm_f64be'],
];

/** What precedes every use of ffmpeg, also that which asks for its version. */
export function limitedFfmpeg(
  { ffmpeg, prlimit, setpriv }: FfmpegProgram,
  args: readonly string[],
): { readonly file: string; readonly args: readonly string[] } {
  return {
    file: prlimit,
    args: [
      ...Object.entries(limits).map(([name, limit]) => `--${name}=${limit}`),
      ...[setpriv, '--pdeathsig', 'KILL', '--no-new-privs'],
      ...[ffmpeg, ...args],
    ],
  };
}

/**
 * The arguments with which ffmpeg decodes one recording from standard input to standard output. None of them comes from a
 * client. Demuxer and protocols are fixed, so that a playlist, a list of files or an address in the bytes opens nothing. The
 * output is AU: its header names rate and channels, which stay those of the recording.
 *
 * @param demuxer of `input-formats.ts`
 */
export function decodingArguments(demuxer: string): readonly string[] {
  const input = [
    ...['-protocol_whitelist', 'pipe', '-format_whitelist', demuxer, '-codec_whitelist', codecs.join(',')],
    ...['-max_alloc', String(allocationBytesAtMost)],
    ...['-threads', '1', '-f', demuxer, '-i', 'pipe:0'],
  ];
  const output = [
    ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-bitexact', '-filter_threads', '1', '-c:a', 'pcm_f32be', '-f', 'au', 'pipe:1'],
  ];
  return ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'error', ...input, ...output];
}

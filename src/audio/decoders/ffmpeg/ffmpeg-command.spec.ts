import { describe, expect, it } from 'vitest';
import { decodingArguments, limitedFfmpeg } from './ffmpeg-command.js';

const program = { ffmpeg: '/usr/bin/ffmpeg', prlimit: '/usr/bin/prlimit', setpriv: '/usr/bin/setpriv' };

/** The argument after a name. */
function valueOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

describe('decodingArguments', () => {
  const args = decodingArguments('mov');

  it('fixes the demuxer and the protocol before the input', () => {
    const before = args.slice(0, args.indexOf('-i'));
    expect(valueOf(before, '-f')).toBe('mov');
    expect(valueOf(before, '-format_whitelist')).toBe('mov');
    expect(valueOf(before, '-protocol_whitelist')).toBe('pipe');
    expect(valueOf(args, '-i')).toBe('pipe:0');
    expect(args.at(-1)).toBe('pipe:1');
    expect(args).toContain('-nostdin');
  });

  it('names codecs of audio only', () => {
    const codecs = valueOf(args, '-codec_whitelist')!.split(',');
    expect(codecs).toEqual(expect.arrayContaining(['aac', 'alac', 'amrnb', 'wmav2', 'ac3']));
    expect(codecs.filter((name) => /^(h264|hevc|vp\d|av1|mjpeg|png|gif|ass|subrip)$/.test(name))).toEqual([]);
  });
});

describe('limitedFfmpeg', () => {
  it('sets the limits first, then the end with its parent, and runs ffmpeg without a shell', () => {
    const { file, args } = limitedFfmpeg(program, ['-version']);
    expect(file).toBe(program.prlimit);
    expect(args).toEqual([
      ...['--data=268435456', '--cpu=600', '--nofile=32', '--fsize=0', '--core=0'],
      ...[program.setpriv, '--pdeathsig', 'KILL', '--no-new-privs', program.ffmpeg, '-version'],
    ]);
  });
});

// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { channelOf, correlation, decodeFile, sentenceSamples } from '../../../../test/support/codec-files.js';
import {
  encodedSentence,
  ffmpegProgram,
  hasFfmpeg,
  phoneRecording,
  withoutFfmpeg,
} from '../../../../test/support/ffmpeg.js';
import { randomNumbers } from '../../../../test/support/random-numbers.js';
import { bytesOf, text } from '../../../../test/support/wav-writer.js';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { FfmpegDecoder } from './ffmpeg.decoder.js';
import { FfmpegPlaces } from './ffmpeg-places.js';

// Each decoding starts a process, of which a busy machine makes seconds.
const at44 = ['-ar', '44100', '-c:a', 'aac'];

describe.skipIf(!hasFfmpeg)(`FfmpegDecoder${withoutFfmpeg}`, () => {
  it.each<[string, string, readonly string[]]>([
    ['AAC in MP4 with the description last', 'm4a', ['-c:a', 'aac']],
    ['AAC in MP4 with the description first', 'm4a', ['-c:a', 'aac', '-movflags', '+faststart']],
    ['AAC in fragmented MP4', 'mp4', ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov']],
    ['AAC in ADTS', 'aac', ['-c:a', 'aac']],
    ['AAC in Matroska', 'mkv', ['-c:a', 'aac']],
    ['AAC in AVI', 'avi', ['-c:a', 'aac']],
    ['ALAC in MP4', 'm4a', ['-c:a', 'alac']],
    ['PCM in QuickTime', 'mov', ['-c:a', 'pcm_s16be']],
    ['WMA', 'wma', ['-c:a', 'wmav2']],
    ['WavPack', 'wv', []],
    ['True Audio', 'tta', []],
    ['MP3 in WAV', 'wav', ['-c:a', 'libmp3lame']],
    ['IMA ADPCM in CAF', 'caf', ['-c:a', 'adpcm_ima_qt']],
  ])('decodes %s, in pieces of any size', async (_, ending, options) => {
    const file = encodedSentence(ending, options);
    const samples = sentenceSamples();
    for (const pieceBytes of [777, 5_000, 1_000_000]) {
      const decoded = await decodeFile(file, pieceBytes, ffmpegProgram);
      expect(decoded.code).toBeUndefined();
      expect(decoded.format).toMatchObject({ sampleRate: 16_000, channels: 1 });
      expect(bestCorrelation(samples, decoded.samples)).toBeGreaterThan(0.9);
    }
  });

  it('gives the samples of ALAC exactly', async () => {
    const { samples } = await decodeFile(encodedSentence('m4a', ['-c:a', 'alac']), 4_000, ffmpegProgram);
    expect(samples).toEqual(sentenceSamples());
  });

  it('keeps the rate and the channels of the recording', async () => {
    const left = ['-af', 'pan=stereo|c0=c0|c1=0*c0', ...at44];
    const { format, samples } = await decodeFile(encodedSentence('m4a', left), 4_000, ffmpegProgram);
    expect(format).toMatchObject({ sampleRate: 44_100, channels: 2 });
    const loudness = (channel: number): number =>
      channelOf(samples, channel, 2).reduce((sum, sample) => sum + sample * sample, 0);
    expect(loudness(0)).toBeGreaterThan(1_000 * loudness(1));
  });

  it('leaves out the pictures of a video', async () => {
    const film = ['-f', 'lavfi', '-t', '3', '-i', 'testsrc=size=64x64', '-c:v', 'mpeg4', ...at44];
    const { samples, code } = await decodeFile(encodedSentence('mp4', film), 9_000, ffmpegProgram);
    expect(code).toBeUndefined();
    expect(samples.length / 44_100).toBeGreaterThan(2.9);
  });

  it('decodes what there is of a file that is cut short', async () => {
    const file = encodedSentence('aac', ['-c:a', 'aac']);
    const { samples, code } = await decodeFile(file.subarray(0, file.length / 2), 4_000, ffmpegProgram);
    expect(code).toBeUndefined();
    expect(samples.length / 16_000).toBeGreaterThan(1.2);
  });

  it.each<[string, () => Uint8Array, string]>([
    [
      'MP4 that is cut short before its description',
      () => phoneRecording().subarray(0, 9_000),
      'AUDIO_CORRUPT',
    ],
    [
      'noise after the beginning of ADTS',
      () => bytesOf(Uint8Array.of(0xff, 0xf1, 0x50, 0x80), noise(50_000)),
      'AUDIO_CORRUPT',
    ],
    [
      'noise after the name of ASF',
      () => bytesOf(Uint8Array.of(0x30, 0x26, 0xb2, 0x75), noise(50_000)),
      'AUDIO_CORRUPT',
    ],
    [
      'AMR without a frame of speech',
      () => bytesOf(text('#!AMR\n'), new Uint8Array(100).fill(0xff)),
      'AUDIO_EMPTY',
    ],
    [
      'a film without sound',
      () =>
        encodedSentence('mp4', [
          '-f',
          'lavfi',
          '-t',
          '1',
          '-i',
          'testsrc=size=64x64',
          '-map',
          '1:v',
          '-c:v',
          'mpeg4',
        ]),
      'AUDIO_UNSUPPORTED_FORMAT',
    ],
  ])('names the fault of %s', async (_, file, code) => {
    const decoded = await decodeFile(file(), 30_000, ffmpegProgram);
    expect(decoded.code).toBe(code);
  });

  it('opens nothing that a playlist names, even if its demuxer were chosen', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.wav`;
    const folder = mkdtempSync(join(tmpdir(), 'playlist-'));
    const path = join(folder, 'secret.wav');
    writeFileSync(path, encodedSentence('wav'));
    try {
      for (const target of [url, `file:${path}`, path]) {
        const lists: readonly [string, string][] = [
          ['concat', `ffconcat version 1.0\nfile '${target}'\n`],
          ['hls', `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${target}\n#EXT-X-ENDLIST\n`],
          [
            'dash',
            `<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet><Representation id="0"><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
          ],
          [
            'sdp',
            `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio ${new URL(url).port} RTP/AVP 0\n`,
          ],
          ['mov', `\0\0\0\x14ftypM4A \0\0\0\0${target}`],
          ['aac', target],
        ];
        for (const [demuxer, list] of lists) {
          const decoder = new FfmpegDecoder(ffmpegProgram, { name: demuxer, demuxer });
          const { code, chunks } = await outcomeOf(decoder, text(list));
          expect(`${demuxer}: ${code}`).toMatch(/AUDIO_/);
          expect(chunks).toBe(0);
        }
      }
      expect(connections).toBe(0);
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('waits for a place, and frees it when it is done or disposed of', async () => {
    const places = new FfmpegPlaces(1);
    const file = encodedSentence('aac', ['-c:a', 'aac']);
    const aac = { name: 'AAC', demuxer: 'aac' };
    const [first, second] = [0, 1].map(() => new FfmpegDecoder(ffmpegProgram, aac, places));
    for await (const output of first!.push(file)) void output;
    const waiting = second!.push(file);
    expect((await waiting[Symbol.asyncIterator]().next()).value).toBe('waiting');
    first!.dispose();
    let outputs = 0;
    for await (const output of waiting) if (output !== 'waiting') outputs++;
    for await (const output of second!.flush()) if (output !== 'waiting') outputs++;
    expect(outputs).toBeGreaterThan(0);
    expect(places.tryTake()).toBe(true);
  });

  it('gives up a program that neither reads nor writes', async () => {
    const program = { ...ffmpegProgram, ffmpeg: sleeper() };
    const aac = { name: 'AAC', demuxer: 'aac' };
    const decoder = new FfmpegDecoder(program, aac, new FfmpegPlaces(), 5);
    const { code, message } = await outcomeOf(decoder, noise(500_000));
    expect(code).toBe('AUDIO_CORRUPT');
    expect(message).toContain('without end');
  });

  it('reads no further than its samples are taken', async () => {
    const file = bytesOf(...Array.from({ length: 60 }, () => encodedOnce()));
    const decoder = new FfmpegDecoder(ffmpegProgram, { name: 'AAC', demuxer: 'aac' });
    let taken = 0;
    for await (const output of decoder.push(file)) if (output !== 'waiting') taken += output.samples.length;
    // What is left is in pipes of some hundred kilobytes.
    const seconds = (60 * sentenceSamples().length) / 16_000;
    expect(taken / 16_000).toBeLessThan(seconds);
    expect(taken / 16_000).toBeGreaterThan(seconds / 3);
    decoder.dispose();
  });
});

function noise(count: number): Uint8Array {
  const random = randomNumbers(7);
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}

const encodedOnce = (() => {
  let once: Uint8Array | undefined;
  return () => (once ??= encodedSentence('aac', ['-c:a', 'aac']));
})();

function sleeper(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sleeper-'));
  const path = join(folder, 'sleeper');
  writeFileSync(path, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  return path;
}

async function outcomeOf(
  decoder: FfmpegDecoder,
  bytes: Uint8Array,
): Promise<{ code: string; message: string; chunks: number }> {
  let chunks = 0;
  try {
    for await (const output of decoder.push(bytes)) if (output !== 'waiting') chunks++;
    for await (const output of decoder.flush()) if (output !== 'waiting') chunks++;
    return { code: 'none', message: '', chunks };
  } catch (error) {
    if (!(error instanceof SpeechError)) throw error;
    return { code: error.code, message: error.message, chunks };
  } finally {
    decoder.dispose();
  }
}

/** Codecs shift the samples by up to two thousand. */
function bestCorrelation(a: Float32Array, b: Float32Array): number {
  let best = 0;
  for (let shift = -2_400; shift < 2_400; shift++) {
    best = Math.max(best, correlation(a.subarray(20_000, 26_000), b.subarray(20_000 + shift)));
    if (best > 0.9) return best;
  }
  return best;
}

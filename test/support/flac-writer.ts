import { flacCrc16, flacCrc8 } from '../../src/audio/decoders/flac/flac-crc.js';
import { bytesOf } from './wav-writer.js';

const blockSize = 65_535;

/** The header of a FLAC file of 16-bit samples whose number is not known. */
export function flacHeader(sampleRate = 16_000, channels = 1): Uint8Array {
  const info = new Uint8Array(34);
  const view = new DataView(info.buffer);
  view.setUint16(0, blockSize);
  view.setUint16(2, blockSize);
  view.setUint32(10, (sampleRate << 12) | ((channels - 1) << 9) | (0 << 8) | (15 << 4));
  return bytesOf(Uint8Array.of(0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34), info);
}

/** A frame of 13 bytes (mono) with 65,535 equal samples in each channel. */
export function constantFrame(sample = 0, channels = 1, rateCode = 0): Uint8Array {
  const frame = new Uint8Array(8 + channels * 3 + 2);
  frame.set([0xff, 0xf8, 0x70 | rateCode, ((channels - 1) << 4) | 0x08, 0, 0xff, 0xfe]);
  frame[7] = flacCrc8(frame, 7);
  for (let channel = 0; channel < channels; channel++) {
    new DataView(frame.buffer).setInt16(9 + channel * 3, sample);
  }
  const end = frame.length - 2;
  new DataView(frame.buffer).setUint16(end, flacCrc16(frame, end));
  return frame;
}

const verbatimBlockSize = 4_096;
const verbatimSubframe = 2;

/** A FLAC file of samples as they are, as large as WAV. @param samples shape (frames, channels) */
export function flacVerbatim(samples: Int16Array, sampleRate: number, channels: number): Uint8Array {
  const frames = [flacHeader(sampleRate, channels)];
  for (let at = 0; at < samples.length; at += verbatimBlockSize * channels) {
    frames.push(verbatimFrame(samples.subarray(at, at + verbatimBlockSize * channels), channels));
  }
  return bytesOf(...frames);
}

function verbatimFrame(samples: Int16Array, channels: number): Uint8Array {
  const size = samples.length / channels;
  const frame = new Uint8Array(8 + channels * (1 + 2 * size) + 2);
  const view = new DataView(frame.buffer);
  frame.set([0xff, 0xf8, 0x70, ((channels - 1) << 4) | 0x08, 0]);
  view.setUint16(5, size - 1);
  frame[7] = flacCrc8(frame, 7);
  for (let channel = 0, at = 8; channel < channels; channel++) {
    frame[at++] = verbatimSubframe;
    for (let i = channel; i < samples.length; i += channels, at += 2) view.setInt16(at, samples[i]!);
  }
  const end = frame.length - 2;
  view.setUint16(end, flacCrc16(frame, end));
  return frame;
}

/** Hours of silence in a few bytes. */
export function flacSilence(frames: number): Uint8Array {
  const frame = constantFrame();
  const all = new Uint8Array(frames * frame.length);
  for (let at = 0; at < all.length; at += frame.length) all.set(frame, at);
  return bytesOf(flacHeader(), all);
}

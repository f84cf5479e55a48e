import { describe, expect, it } from 'vitest';
import { box, fileType, longBox, moovOf } from '../../../../test/support/mp4-writer.js';
import { bytesOf, text } from '../../../../test/support/wav-writer.js';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { MoovFirst } from './moov-first.js';

const media = text('media that must not be held'.repeat(40));
const dataAt = fileType.length + 8;

interface Reading {
  readonly given: Uint8Array;
  readonly pushedBytes: number;
}

/** Gives a file to a reader as the service does. */
function read(file: Uint8Array, pieceBytes: number): Reading {
  const reader = new MoovFirst();
  const given: Uint8Array[] = [];
  let pushedBytes = 0;
  for (let at = 0; ;) {
    const piece = file.slice(at, at + pieceBytes);
    pushedBytes += piece.length;
    for (const part of reader.push(piece)) given.push(part.slice());
    at = Math.min(file.length, reader.nextOffset ?? at + piece.length);
    if (at === file.length && piece.length === 0) break;
  }
  reader.flush();
  return { given: bytesOf(...given), pushedBytes };
}

function errorOf(file: Uint8Array): SpeechError {
  try {
    read(file, 100);
  } catch (error) {
    if (error instanceof SpeechError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('MoovFirst', () => {
  it.each(['stco', 'co64'] as const)('puts the description before the media, and mends its %s', (table) => {
    const moov = moovOf([dataAt, dataAt + 500], table);
    const tail = box('free', text('tail'));
    const file = bytesOf(fileType, box('mdat', media), moov, tail);
    const moved = moovOf([dataAt + moov.length, dataAt + 500 + moov.length], table);
    const expected = bytesOf(fileType, moved, box('mdat', media), tail);
    for (const pieceBytes of [1, 7, 64, 5_000]) expect(read(file, pieceBytes).given).toEqual(expected);
  });

  it('leaves a file as it is that has its description first', () => {
    const file = bytesOf(fileType, moovOf([300]), box('mdat', media), box('free'));
    for (const pieceBytes of [1, 50, 5_000]) expect(read(file, pieceBytes).given).toEqual(file);
  });

  it('jumps over the media instead of reading them', () => {
    const large = new Uint8Array(100_000);
    const moov = moovOf([dataAt]);
    const { pushedBytes } = read(bytesOf(fileType, longBox('mdat', large), moov), 1_000);
    expect(pushedBytes).toBeLessThan(large.length + 3_000);
  });

  it.each<[string, Uint8Array]>([
    ['that has no description', bytesOf(fileType, box('mdat', media))],
    ['that is cut short in its media', bytesOf(fileType, box('mdat', media, 1e6))],
    ['that is cut short in its description', bytesOf(fileType, moovOf([1]).subarray(0, 60))],
    ['whose media have no end', bytesOf(fileType, box('mdat', media, 0), moovOf([1]))],
    ['with a box of an impossible size', bytesOf(fileType, box('mdat', media, 3))],
    ['with a description of gigabytes', bytesOf(fileType, box('moov', media, 2e9))],
    ['of a thousand boxes', bytesOf(fileType, ...Array.from({ length: 1_000 }, () => box('free')))],
  ])('refuses a file %s', (_, file) => {
    expect(errorOf(file).code).toBe('AUDIO_CORRUPT');
  });

  it('refuses a description that is compressed', () => {
    const file = bytesOf(fileType, box('mdat', media), box('moov', box('cmov', new Uint8Array(50))));
    expect(errorOf(file).code).toBe('AUDIO_UNSUPPORTED_FORMAT');
  });

  it('bears tables that claim more than they have', () => {
    const table = box('stco', bytesOf(Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255), new Uint8Array(6)));
    const moov = box('moov', box('trak', box('mdia', box('minf', box('stbl', table)))));
    expect(read(bytesOf(fileType, box('mdat', media), moov), 100).given.length).toBe(
      fileType.length + 8 + media.length + moov.length,
    );
  });
});

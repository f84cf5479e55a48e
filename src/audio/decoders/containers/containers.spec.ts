import { describe, expect, it } from 'vitest';
import { aiff, au, caf, rifx, sphere, wave64 } from '../../../../test/support/container-writer.js';
import { decodeBytes, decodingErrorOf } from '../../../../test/support/decode-bytes.js';
import { randomNumbers } from '../../../../test/support/random-numbers.js';
import { bytesOf, wav } from '../../../../test/support/wav-writer.js';
import type { AudioEncoding } from '../../audio.types.js';

interface Fields {
  readonly sampleRate: number;
  readonly channels: number;
}

const random = randomNumbers(20_261_127);
const frames = 25;
const randomBytes = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
const swapped = (bytes: Uint8Array, size: number) =>
  Uint8Array.from(bytes, (_, at) => bytes[at - (at % size) + size - 1 - (at % size)]!);

const floats32 = new Uint8Array(Float32Array.from({ length: 2 * frames }, () => random() * 2.2 - 1.1).buffer);
const floats64 = new Uint8Array(Float64Array.from({ length: 2 * frames }, () => random() * 2.2 - 1.1).buffer);
const integers = {
  8: randomBytes(2 * frames),
  16: randomBytes(4 * frames),
  24: randomBytes(6 * frames),
  32: randomBytes(8 * frames),
};
const laws = randomBytes(2 * frames);

type Row = readonly [
  title: string,
  bytes: (fields: Fields) => Uint8Array,
  reference: Uint8Array,
  tag: number,
  bits: number,
  encoding: AudioEncoding,
];

/** Samples as a container has them, and the same ones as WAV has them: little-endian, and 8 bits are unsigned. */
const rows: readonly Row[] = [
  ...([16, 24, 32] as const).flatMap((bits): Row[] => {
    const little = integers[bits];
    const big = swapped(little, bits / 8);
    const [le, be] = [`linear${bits}`, `linear${bits}be`] as [AudioEncoding, AudioEncoding];
    const auNumber = 1 + bits / 8;
    return [
      [`AIFF of ${bits} bits`, (f) => aiff(big, { ...f, bits }), little, 1, bits, be],
      [
        `AIFF-C NONE of ${bits} bits`,
        (f) => aiff(big, { ...f, bits, compression: 'NONE' }),
        little,
        1,
        bits,
        be,
      ],
      [
        `AIFF-C twos of ${bits} bits`,
        (f) => aiff(big, { ...f, bits, compression: 'twos' }),
        little,
        1,
        bits,
        be,
      ],
      [
        `AIFF-C sowt of ${bits} bits`,
        (f) => aiff(little, { ...f, bits, compression: 'sowt' }),
        little,
        1,
        bits,
        le,
      ],
      [`AU of ${bits} bits`, (f) => au(big, { ...f, encoding: auNumber }), little, 1, bits, be],
      [`big-endian CAF of ${bits} bits`, (f) => caf(big, { ...f, bits }), little, 1, bits, be],
      [
        `little-endian CAF of ${bits} bits`,
        (f) => caf(little, { ...f, bits, flags: 2 }),
        little,
        1,
        bits,
        le,
      ],
      [`Wave64 of ${bits} bits`, (f) => wave64(little, { ...f, bits }), little, 1, bits, le],
      [
        `little-endian SPHERE of ${bits} bits`,
        (f) => sphere(little, { ...f, bytes: bits / 8, order: '0123'.slice(0, bits / 8) }),
        little,
        1,
        bits,
        le,
      ],
      [
        `big-endian SPHERE of ${bits} bits`,
        (f) => sphere(big, { ...f, bytes: bits / 8, order: '3210'.slice(-bits / 8) }),
        little,
        1,
        bits,
        be,
      ],
      [`RIFX of ${bits} bits`, (f) => rifx(big, { ...f, bits }), little, 1, bits, be],
    ];
  }),
  ...((): Row[] => {
    const unsigned = integers[8];
    const signed = unsigned.map((byte) => byte ^ 0x80);
    return [
      ['AIFF of 8 bits', (f) => aiff(signed, { ...f, bits: 8 }), unsigned, 1, 8, 'signed8'],
      [
        'AIFF-C raw',
        (f) => aiff(unsigned, { ...f, bits: 8, compression: 'raw ' }),
        unsigned,
        1,
        8,
        'linear8',
      ],
      ['AU of 8 bits', (f) => au(signed, { ...f, encoding: 2 }), unsigned, 1, 8, 'signed8'],
      ['CAF of 8 bits', (f) => caf(signed, { ...f, bits: 8 }), unsigned, 1, 8, 'signed8'],
      ['SPHERE of 8 bits', (f) => sphere(signed, { ...f, bytes: 1, order: '1' }), unsigned, 1, 8, 'signed8'],
      ['Wave64 of 8 bits', (f) => wave64(unsigned, { ...f, bits: 8 }), unsigned, 1, 8, 'linear8'],
    ];
  })(),
  ...([32, 64] as const).flatMap((bits): Row[] => {
    const little = bits === 32 ? floats32 : floats64;
    const big = swapped(little, bits / 8);
    const [le, be] = [`float${bits}`, `float${bits}be`] as [AudioEncoding, AudioEncoding];
    return [
      [`AIFF-C fl${bits}`, (f) => aiff(big, { ...f, bits, compression: `fl${bits}` }), little, 3, bits, be],
      [`AIFF-C FL${bits}`, (f) => aiff(big, { ...f, bits, compression: `FL${bits}` }), little, 3, bits, be],
      [
        `AU of ${bits}-bit float`,
        (f) => au(big, { ...f, encoding: bits === 32 ? 6 : 7 }),
        little,
        3,
        bits,
        be,
      ],
      [`CAF of big-endian ${bits}-bit float`, (f) => caf(big, { ...f, bits, flags: 1 }), little, 3, bits, be],
      [
        `CAF of little-endian ${bits}-bit float`,
        (f) => caf(little, { ...f, bits, flags: 3 }),
        little,
        3,
        bits,
        le,
      ],
      [`Wave64 of ${bits}-bit float`, (f) => wave64(little, { ...f, tag: 3, bits }), little, 3, bits, le],
      [`RIFX of ${bits}-bit float`, (f) => rifx(big, { ...f, tag: 3, bits }), little, 3, bits, be],
    ];
  }),
  ...(['mulaw', 'alaw'] as const).flatMap((encoding): Row[] => {
    const [name, tag, auNumber, coding] =
      encoding === 'mulaw' ? (['ulaw', 7, 1, 'ulaw'] as const) : (['alaw', 6, 27, 'alaw'] as const);
    return [
      [`AIFF-C ${name}`, (f) => aiff(laws, { ...f, compression: name }), laws, tag, 8, encoding],
      [
        `AIFF-C ${name.toUpperCase()}`,
        (f) => aiff(laws, { ...f, compression: name.toUpperCase() }),
        laws,
        tag,
        8,
        encoding,
      ],
      [`AU ${name}`, (f) => au(laws, { ...f, encoding: auNumber }), laws, tag, 8, encoding],
      [`CAF ${name}`, (f) => caf(laws, { ...f, codec: name, bits: 8 }), laws, tag, 8, encoding],
      [`Wave64 ${name}`, (f) => wave64(laws, { ...f, tag, bits: 8 }), laws, tag, 8, encoding],
      [`SPHERE ${name}`, (f) => sphere(laws, { ...f, coding, bytes: 1, order: '1' }), laws, tag, 8, encoding],
      [`RIFX ${name}`, (f) => rifx(laws, { ...f, tag, bits: 8 }), laws, tag, 8, encoding],
    ];
  }),
  [
    'AIFF-C in24',
    (f) => aiff(swapped(integers[24], 3), { ...f, bits: 24, compression: 'in24' }),
    integers[24],
    1,
    24,
    'linear24be',
  ],
  [
    'AIFF-C in32',
    (f) => aiff(swapped(integers[32], 4), { ...f, bits: 32, compression: 'in32' }),
    integers[32],
    1,
    32,
    'linear32be',
  ],
  [
    'AIFF of 12 bits in 16',
    (f) => aiff(swapped(integers[16], 2), { ...f, bits: 12 }),
    integers[16],
    1,
    16,
    'linear16be',
  ],
];

/** The machine may be busy with other work once, not three times in a row. */
function millisecondsOf(bytes: Uint8Array): number {
  const times: number[] = [];
  while (times.length < 3 && !times.some((time) => time < 50)) {
    const begin = performance.now();
    decodingErrorOf(bytes);
    times.push(performance.now() - begin);
  }
  return Math.min(...times);
}

const four = Uint8Array.of(0, 0, 0x40, 0, 0xc0, 0, 0x80, 0);
const fourLittle = swapped(four, 2);
const fourSamples = [0, 0.5, -0.5, -1];

/** One of each container, with the same four samples. */
const files: readonly (readonly [name: string, container: string, bytes: Uint8Array])[] = [
  ['AIFF', 'aiff', aiff(four)],
  ['AIFF-C', 'aiff', aiff(four, { compression: 'NONE' })],
  ['AU', 'au', au(four, { annotation: Uint8Array.of(65, 66, 67, 0, 0) })],
  ['CAF', 'caf', caf(four)],
  ['Wave64', 'w64', wave64(fourLittle)],
  ['SPHERE', 'sphere', sphere(fourLittle)],
  ['RIFX', 'wav', rifx(four)],
];

describe('containers of samples', () => {
  it.each(rows)('%s has the samples of the same WAV file', (_, bytes, reference, tag, bits, encoding) => {
    const fields = { sampleRate: 22_050, channels: 2 };
    const decoded = decodeBytes(bytes(fields));
    expect(decoded.samples).toEqual(decodeBytes(wav(reference, { ...fields, tag, bits })).samples);
    expect(decoded.samples).toHaveLength(2 * frames);
    expect(decoded.format).toMatchObject({ ...fields, encoding });
    expect(decoded.seconds).toBeCloseTo(frames / 22_050, 9);
  });

  it.each(files)('%s is decoded to the same samples however its bytes are cut', (_, container, bytes) => {
    expect(decodeBytes(bytes)).toEqual({
      format: expect.objectContaining({ container, sampleRate: 16_000, channels: 1 }) as unknown,
      samples: fourSamples,
      seconds: 4 / 16_000,
    });
    for (let pieceBytes = 1; pieceBytes < Math.min(200, bytes.length); pieceBytes++) {
      expect(decodeBytes(bytes, () => pieceBytes).samples).toEqual(fourSamples);
    }
    for (let round = 0; round < 50; round++) {
      expect(decodeBytes(bytes, () => 1 + Math.floor(random() * 40)).samples).toEqual(fourSamples);
    }
  });

  it.each(files)(
    '%s that is cut short anywhere has the samples that are left, or a named error',
    (_, container, bytes) => {
      const dataStart = bytes.length - four.length;
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        const whole = Math.max(0, Math.floor((length - dataStart) / 2));
        if (whole > 0) expect(decodeBytes(cut).samples).toEqual(fourSamples.slice(0, whole));
        else expect(decodingErrorOf(cut)?.code).toMatch(/^AUDIO_(EMPTY|CORRUPT|UNSUPPORTED_FORMAT)$/);
      }
      expect(decodingErrorOf(bytes.subarray(0, dataStart))?.code).toBe('AUDIO_EMPTY');
      expect(decodingErrorOf(bytes.subarray(0, dataStart - 1))?.code, container).toMatch(
        /^AUDIO_(EMPTY|CORRUPT)$/,
      );
    },
  );

  it.each(files)(
    '%s with up to four random bytes in 2,000 rounds is audio or a named error at once',
    (_, container, bytes) => {
      const good = bytesOf(bytes, randomBytes(512));
      const headBytes = Math.min(bytes.length, container === 'sphere' ? 220 : 80);
      const codes = new Set<string>();
      let slowestMs = 0;
      for (let round = 0; round < 2_000; round++) {
        const mutated = good.slice();
        for (let flips = 0; flips <= round % 4; flips++)
          mutated[Math.floor(random() * headBytes)] = Math.floor(random() * 256);
        const error = decodingErrorOf(mutated);
        slowestMs = Math.max(slowestMs, millisecondsOf(mutated));
        codes.add(error?.code ?? 'none');
      }
      expect(slowestMs).toBeLessThan(50);
      expect([...codes].every((code) => code === 'none' || code.startsWith('AUDIO_'))).toBe(true);
      expect(codes).toContain('none');
      expect(codes).toContain('AUDIO_UNSUPPORTED_FORMAT');
    },
  );

  it.each<[string, (fields: Fields) => Uint8Array]>([
    ['AIFF', (fields) => aiff(four, fields)],
    ['AU', (fields) => au(four, fields)],
    ['CAF', (fields) => caf(four, { ...fields, bytesPerPacket: 2 * fields.channels })],
    ['Wave64', (fields) => wave64(fourLittle, fields)],
    ['SPHERE', (fields) => sphere(fourLittle, { ...fields, samples: 4 })],
    ['RIFX', (fields) => rifx(four, fields)],
  ])('%s with an absurd rate or number of channels is rejected', (_, bytes) => {
    const codeOf = (fields: Partial<Fields>) =>
      decodingErrorOf(bytes({ sampleRate: 16_000, channels: 1, ...fields }))?.code;
    for (const sampleRate of [0, 1, 7_999, 192_001, 2 ** 32 - 1])
      expect(codeOf({ sampleRate })).toBe('AUDIO_INVALID_RATE');
    for (const channels of [0, 9, 65_535])
      expect(codeOf({ channels })).toMatch(/^AUDIO_(INVALID_CHANNELS|CORRUPT)$/);
  });
});

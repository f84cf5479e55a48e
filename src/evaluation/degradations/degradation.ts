import { SpeechError } from '../../common/errors/speech-error.js';
import { addNoise, addReverberation, changeSpeed, overdrive, scale, telephone } from './signal-changes.js';

/** What a degradation may need besides the samples. */
export interface DegradationSources {
  /** Real noise, 16 kHz mono; for `snr`. */
  readonly noise: Float32Array | undefined;
  /** Numbers in [0, 1), the same for the same clip. */
  readonly random: () => number;
}

interface DegradationKind {
  /** For the list of usage, with its unit. */
  readonly meaning: string;
  /** Undefined: it takes no value. */
  readonly bounds?: readonly [low: number, high: number];
  /** @param samples 16 kHz mono, shape (samples), not changed @returns other samples */
  readonly apply: (samples: Float32Array, value: number, sources: DegradationSources) => Float32Array;
}

const sampleRateHz = 16_000;

/** All degradations by their names. A new one is a row. */
export const degradationKinds: Readonly<Record<string, DegradationKind>> = {
  gain: {
    meaning: 'gain in dB; what exceeds full scale is clipped, what is below 16 bits is lost',
    bounds: [-90, 60],
    apply: (samples, db) => scale(samples, db),
  },
  snr: {
    meaning: 'real noise at a signal-to-noise ratio in dB, of --noise FILE or of the clips without speech',
    bounds: [-20, 60],
    apply: (samples, db, { noise, random }) => addNoise(samples, requiredNoise(noise), db, random),
  },
  clip: {
    meaning: 'overdriven by so many dB: peaks are cut, the loudness stays',
    bounds: [0, 60],
    apply: (samples, db) => overdrive(samples, db),
  },
  rate: {
    meaning: 'spoken faster by a factor, as a tape that runs faster',
    bounds: [0.5, 2],
    apply: (samples, factor) => changeSpeed(samples, factor),
  },
  telephone: {
    meaning: 'a telephone line: 300 to 3,400 Hz, 8 kHz, G.711',
    apply: (samples) => telephone(samples),
  },
  reverb: {
    meaning: 'a room with a reverberation time (RT60) in seconds',
    bounds: [0.05, 3],
    apply: (samples, seconds, { random }) => addReverberation(samples, seconds, random),
  },
  leading: {
    meaning: 'seconds of silence before the clip',
    bounds: [0, 60],
    apply: (samples, seconds) => padded(samples, seconds, 0),
  },
  trailing: {
    meaning: 'seconds of silence behind the clip',
    bounds: [0, 60],
    apply: (samples, seconds) => padded(samples, 0, seconds),
  },
};

/** One change of the data: a column of the grid. */
export interface Degradation {
  /** `gain=-30`, or `telephone`. */
  readonly label: string;
  readonly name: string;
  readonly value: number;
  readonly apply: (samples: Float32Array, sources: DegradationSources) => Float32Array;
}

/**
 * The degradations of an argument: `gain=-30,-20`, or `telephone`.
 * @throws SpeechError INVALID_REQUEST with the names that there are, or the bounds of the values
 */
export function parseDegradations(argument: string): Degradation[] {
  const [name = '', list] = argument.split('=', 2);
  const kind = Object.hasOwn(degradationKinds, name) ? degradationKinds[name] : undefined;
  if (kind === undefined) {
    throw invalid(
      `There is no degradation "${name}"; there are: ${Object.keys(degradationKinds).join(', ')}.`,
    );
  }
  const { bounds, apply } = kind;
  if (bounds === undefined) {
    if (list !== undefined) throw invalid(`The degradation ${name} takes no value.`);
    return [{ label: name, name, value: 1, apply: (samples, sources) => apply(samples, 1, sources) }];
  }
  return (list ?? '').split(',').map((text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= bounds[0] && value <= bounds[1])) {
      throw invalid(
        `The degradation ${name} takes numbers from ${bounds[0]} to ${bounds[1]}, such as ${name}=${bounds[0]},${bounds[1]}.`,
      );
    }
    return {
      label: `${name}=${value}`,
      name,
      value,
      apply: (samples: Float32Array, sources: DegradationSources) => apply(samples, value, sources),
    };
  });
}

function padded(samples: Float32Array, leadingSeconds: number, trailingSeconds: number): Float32Array {
  const [before, after] = [leadingSeconds, trailingSeconds].map((seconds) =>
    Math.round(seconds * sampleRateHz),
  );
  const result = new Float32Array(before! + samples.length + after!);
  result.set(samples, before);
  return result;
}

function requiredNoise(noise: Float32Array | undefined): Float32Array {
  if (noise !== undefined) return noise;
  throw invalid('The degradation snr needs noise: --noise FILE, or clips without speech in the manifest.');
}

function invalid(message: string): SpeechError {
  return new SpeechError('INVALID_REQUEST', message);
}

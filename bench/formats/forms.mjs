// The forms that speech is given, each made by ffmpeg from a clip of 16 kHz, 16 bits, one channel.

/**
 * @typedef {object} Form
 * @property {string} name
 * @property {'lossless' | 'lossy' | 'rate'} group
 * @property {string} [together] the forms of this name are also compared together
 * @property {string} extension
 * @property {string[]} options of ffmpeg, between its input and its output
 * @property {string} [reference] the name of the form it is compared with; by default the first
 * @property {number} [points] of word error rate that it may cost; absent if it shows what a bandwidth costs
 */

/** Points of word error rate that a form may cost. */
const lossyPoints = 0.5;
const ratePoints = 0.3;

/** @type {Form} */
export const original = { name: '16 kHz WAV', group: 'lossless', extension: 'wav', options: [] };

/** In an order in which each reference comes before the forms that are compared with it. @type {Form[]} */
export const forms = [
  original,
  lossless('WAV, 24 bits', 'wav', '-c:a pcm_s24le'),
  lossless('WAV, 32 bits', 'wav', '-c:a pcm_s32le'),
  lossless('WAV, float', 'wav', '-c:a pcm_f32le'),
  // ffmpeg's own way to two channels makes each of them 3 dB quieter.
  lossless('WAV of two equal channels', 'wav', '-af pan=stereo|c0=c0|c1=c0 -c:a pcm_s16le'),
  lossless('AIFF', 'aiff', '-c:a pcm_s16be'),
  lossless('AU', 'au', '-c:a pcm_s16be'),
  lossless('CAF', 'caf', '-c:a pcm_s16le'),
  lossless('Wave64', 'w64', '-c:a pcm_s16le'),
  lossless('RF64', 'wav', '-c:a pcm_s16le -rf64 always'),
  lossless('FLAC', 'flac', '-c:a flac'),
  lossless('FLAC in Ogg', 'oga', '-c:a flac'),
  // Not a form that anybody sends: it shows how much of a difference is chance.
  { name: '16 kHz, 0.1 dB quieter', group: 'rate', extension: 'wav', options: ['-af', 'volume=-0.1dB'] },
  band(8_000),
  band(11_025),
  rate(8_000, bandName(8_000)),
  rate(11_025, bandName(11_025)),
  rate(22_050),
  rate(44_100),
  rate(48_000),
  rate(96_000),
  lossy('MP3, 64 kbit/s', 'mp3', '-c:a libmp3lame -b:a 64k'),
  lossy('MP3, 96 kbit/s, 44.1 kHz', 'mp3', `-af ${resampledTo(44_100)} -c:a libmp3lame -b:a 96k`),
  lossy('MP3, 128 kbit/s, 44.1 kHz', 'mp3', `-af ${resampledTo(44_100)} -c:a libmp3lame -b:a 128k`),
  lossy('Opus in Ogg, 16 kbit/s', 'opus', '-c:a libopus -b:a 16k -application voip'),
  lossy('Opus in Ogg, 24 kbit/s', 'opus', '-c:a libopus -b:a 24k -application voip'),
  lossy('Opus in Ogg, 32 kbit/s', 'opus', '-c:a libopus -b:a 32k'),
  lossy('Opus in WebM, 32 kbit/s', 'webm', '-c:a libopus -b:a 32k'),
  lossy('Vorbis, q3', 'ogg', '-c:a libvorbis -q:a 3'),
  lossy('Vorbis, q5, 44.1 kHz', 'ogg', `-af ${resampledTo(44_100)} -c:a libvorbis -q:a 5`),
  lossy('G.722 in WAV, 64 kbit/s', 'wav', '-c:a g722'),
  lossy('IMA ADPCM', 'wav', '-c:a adpcm_ima_wav'),
  lossy('Microsoft ADPCM', 'wav', '-c:a adpcm_ms'),
  lossy('AAC in MP4, 64 kbit/s', 'm4a', '-c:a aac -b:a 64k'),
  telephone('mu-law, 8 kHz', '-c:a pcm_mulaw', lossyPoints),
  telephone('A-law, 8 kHz', '-c:a pcm_alaw', lossyPoints),
  // Below the usual bit rates of all others: only reported.
  telephone('GSM 6.10, 13 kbit/s', '-c:a libgsm_ms'),
];

/** @returns {Form} */
function lossless(name, extension, options) {
  return { name, group: 'lossless', extension, options: options.split(' ') };
}

/** @returns {Form} */
function lossy(name, extension, options) {
  const together = 'all of these at usual bit rates';
  return { name, group: 'lossy', extension, options: options.split(' '), points: lossyPoints, together };
}

/** A codec of telephone lines, with their band of 4 kHz. @returns {Form} */
function telephone(name, codec, points) {
  const options = `-af ${resampledTo(8_000)} ${codec}`.split(' ');
  return { name, group: 'lossy', extension: 'wav', options, reference: bandName(8_000), points };
}

/** @returns {Form} */
function rate(hertz, reference) {
  const options = `-af ${resampledTo(hertz)} -c:a pcm_s16le`.split(' ');
  const name = `${hertz.toLocaleString('en')} Hz`;
  const together = hertz < 16_000 ? 'rates below 16 kHz together' : 'rates above 16 kHz together';
  return { name, group: 'rate', extension: 'wav', options, reference, points: ratePoints, together };
}

/** 16 kHz with the band of a lower rate: what that rate costs, whoever resamples. @returns {Form} */
function band(hertz) {
  const options = `-af ${resampledTo(hertz)},${resampledTo(16_000)} -c:a pcm_s16le`.split(' ');
  return { name: bandName(hertz), group: 'rate', extension: 'wav', options };
}

function bandName(hertz) {
  return `16 kHz, up to ${(hertz / 2_000).toFixed(1)} kHz`;
}

/** ffmpeg's own resampler with a long filter; soxr in it adds noise that is another one in each run. */
function resampledTo(hertz) {
  return `aresample=${hertz}:filter_size=128:cutoff=0.97:filter_type=kaiser:kaiser_beta=12`;
}

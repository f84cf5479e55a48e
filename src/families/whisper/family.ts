import type { SpeechFamily } from '../family.js';
import { capabilitiesOf } from './capabilities.js';
import { compiler } from './compiler.js';
import { knownExports } from './exports.js';
import type { WhisperFacts } from './graphs/graph-interface.js';
import { optionProblems, silenceOf, trials } from './options.js';

/** Whisper of OpenAI, of any size and training: 99 languages or English only, and translation into English. */
export const whisper: SpeechFamily = {
  name: 'whisper',
  kind: 'speech',
  roles: ['weights', 'config', 'tokenizer'],
  exports: knownExports,
  async filesNamedBy(files) {
    const { shardsOf } = await import('./source/open-source.js');
    const names = await shardsOf(files.path('weights'));
    return Object.fromEntries(names.map((name, index) => [`weights-${index + 1}`, name]));
  },
  capabilities: capabilitiesOf,
  async languagesOf(files) {
    const { readFacts } = await import('./graphs/build-graphs.js');
    const { tagsOf } = await import('./languages.js');
    return tagsOf((await readFacts(files)).tokens);
  },
  optionProblems,
  trials,
  compiler,
  async load({ facts, files, graphs }) {
    if (graphs === undefined) throw new Error('Whisper runs only compiled');
    const { CompiledWhisper } = await import('./compiled-whisper.js');
    const { Vocabulary } = await import('./tokens/vocabulary.js');
    return CompiledWhisper.load(
      {
        encoderPath: graphs.paths.encoder!,
        decodeLoopPath: graphs.paths.decodeLoop!,
        facts: graphs.options as WhisperFacts,
      },
      {
        vocabulary: await Vocabulary.read({ ...files, tokenizer: files.tokenizer! }),
        languages: facts.languages,
        silence: silenceOf(facts),
      },
    );
  },
};

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  whisperBaseCondition,
  whisperBaseFiles,
  whisperBaseFolder,
} from '../../../../test/support/whisper-base.js';
import { smallTokens, writeTokens } from '../../../../test/support/whisper-files.js';
import { readSpecialTokens } from './special-tokens.js';
import { readTokenLists } from './token-lists.js';
import type { VocabularyFiles } from './token-lists.js';
import { Vocabulary } from './vocabulary.js';

let folder: string;
const pathOf = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whisper-'));
  await writeTokens(folder, 'transformers');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('Vocabulary', () => {
  it('joins bytes of several tokens to characters, and trims the text', async () => {
    const vocabulary = await Vocabulary.read({ tokenizer: pathOf('tokenizer.json') });
    // A space; b with a space before it; the two bytes of é.
    expect(vocabulary.textOf([0, 2, 3, 4, 1])).toBe('béa');
    expect(vocabulary.bytesOf(2)).toEqual(Uint8Array.of(0x20, 0x62));
    expect(vocabulary.bytesOf(3)).toEqual(Uint8Array.of(0xc3));
  });

  it('has no text for special and unknown tokens', async () => {
    const vocabulary = await Vocabulary.read({ tokenizer: pathOf('tokenizer.json') });
    expect(vocabulary.textOf([smallTokens.endOfText, 1, smallTokens.noTimeStamps, 999])).toBe('a');
  });

  it('makes tokens of text, the pair that was learnt first before the others', async () => {
    const vocabulary = await Vocabulary.read({ tokenizer: pathOf('tokenizer.json') });
    expect(vocabulary.tokensOf(' bé a')).toEqual([2, 3, 4, 0, 1]);
    // The vocabulary has no such bytes.
    expect(vocabulary.tokensOf('Z')).toEqual([]);
    const long = 'a'.repeat(20_000);
    expect(vocabulary.tokensOf(long)).toHaveLength(20_000);
  });

  /** Writes the tokens of tokenizer.json as other programs have them; returns the files. */
  const forms: Readonly<Record<string, () => Promise<VocabularyFiles>>> = {
    'vocab.json, merges.txt and added_tokens.json': async () => {
      const { vocab, special } = await readTokenLists({ tokenizer: pathOf('tokenizer.json') });
      const paths = { tokenizer: pathOf('vocab.json'), merges: pathOf('m.txt'), added: pathOf('added.json') };
      const end = ['<|endoftext|>', smallTokens.endOfText];
      const pieces = Object.fromEntries([...vocab, end]) as object;
      await writeFile(paths.tokenizer, JSON.stringify(pieces));
      await writeFile(paths.added, JSON.stringify(Object.fromEntries(special)));
      await writeFile(paths.merges, '#version: 0.2\nĠ b\n');
      return paths;
    },
    'vocabulary.json': async () => {
      await writeFile(pathOf('vocabulary.json'), JSON.stringify(await piecesInOrder()));
      return { tokenizer: pathOf('vocabulary.json') };
    },
    'vocabulary.txt': async () => {
      await writeFile(pathOf('vocabulary.txt'), `${(await piecesInOrder()).join('\n')}\n`);
      return { tokenizer: pathOf('vocabulary.txt') };
    },
  };
  const piecesInOrder = async () => {
    const { vocab, special } = await readTokenLists({ tokenizer: pathOf('tokenizer.json') });
    const pieces: string[] = [];
    for (const [piece, id] of [...vocab, ...special]) pieces[id] = piece;
    return pieces;
  };

  it.each(Object.entries(forms))('reads %s as it reads tokenizer.json', async (name, write) => {
    const files = await write();
    const vocabulary = await Vocabulary.read(files);
    const usual = await Vocabulary.read({ tokenizer: pathOf('tokenizer.json') });
    expect(vocabulary.textOf([0, 2, 3, 4, 1, smallTokens.noTimeStamps])).toBe('béa');
    expect(new Map([...vocabulary.special].sort())).toEqual(new Map([...usual.special].sort()));
    // Lists of CTranslate2 have no merges.
    expect(vocabulary.tokensOf(' bé a')).toEqual(name.startsWith('vocab.json') ? [2, 3, 4, 0, 1] : []);
  });

  it('refuses merges that are not pairs', async () => {
    const { tokenizer, merges = '', added } = await forms['vocab.json, merges.txt and added_tokens.json']!();
    await writeFile(merges, 'a b\na b c\n');
    await expect(Vocabulary.read({ tokenizer, merges, added })).rejects.toThrow(
      /m\.txt has a merge that is not a pair/,
    );
  });

  it.skipIf(whisperBaseFolder === undefined).each([
    [' Elinor, Marianne', [2699, 259, 284, 11, 37497, 716]],
    [
      " Mr. Dashwood's 3 cottages cost £1,250!",
      [2221, 13, 23453, 6092, 311, 805, 11550, 1660, 2063, 14378, 16, 11, 23538, 0],
    ],
    [' Привет, мир', [38932, 11, 20536]],
    [' 你好，世界 123  ok \n', [10930, 2131, 171, 120, 234, 24486, 34466, 220, 3133, 220, 198]],
    ["  don't we'll", [220, 500, 380, 321, 603]],
    [' e\u0301t\u00e9', [308, 32797, 83, 526]],
  ])(`makes of %j the tokens that other programs make${whisperBaseCondition}`, async (text, tokens) => {
    const vocabulary = await Vocabulary.read({ tokenizer: whisperBaseFiles.path('tokenizer') });
    expect(vocabulary.tokensOf(text)).toEqual(tokens);
    expect(vocabulary.textOf(tokens)).toBe(text.trim());
  });

  it.each([
    ['{', /is not a JSON object/],
    ['""', /is not a JSON object or list/],
    ['[1]', /has the token 0, which is not a text/],
    ['{"Ġ▁": 0}', /the token 0, which is not made of bytes/],
    ['{"model": {}}', /lists no vocabulary/],
    ['{"model": {"vocab": {"a": -1}}}', /token without an id/],
    ['{"model": {"vocab": {"▁a": 1}}}', /the token 1, which is not made of bytes/],
    ['{"model": {"vocab": {"a": 1}, "merges": {}}}', /merges that are not a list/],
    ['{"model": {"vocab": {"a": 1}, "merges": [["a"]]}}', /a merge that is not a pair/],
    ['{"model": {"vocab": {"a": 1}}, "added_tokens": [{"content": "<|en|>"}]}', /added token without an id/],
  ])('refuses %s with the name of the file', async (text, message) => {
    await writeFile(pathOf('tokenizer.json'), text);
    await expect(Vocabulary.read({ tokenizer: pathOf('tokenizer.json') })).rejects.toThrow(message);
    await expect(Vocabulary.read({ tokenizer: pathOf('tokenizer.json') })).rejects.toMatchObject({
      code: 'MODEL_INTEGRITY',
    });
  });
});

describe('readSpecialTokens', () => {
  const read = (tokenCount = 40, generation: string | undefined = pathOf('generation_config.json')) =>
    readSpecialTokens(
      { tokenizer: pathOf('tokenizer.json'), config: pathOf('config.json'), generation },
      tokenCount,
    );

  it('takes what generation_config.json says before what config.json says', async () => {
    expect(await read()).toEqual(smallTokens);
    await writeFile(pathOf('generation_config.json'), '{"is_multilingual": true}');
    expect(await read()).toEqual({ ...smallTokens, suppressed: [7], suppressedFirst: [] });
  });

  it('finds no languages in a model of English only', async () => {
    await writeFile(pathOf('generation_config.json'), '{"is_multilingual": false}');
    const { languages, transcribe, translate } = await read();
    expect([languages, transcribe, translate]).toEqual([{}, undefined, undefined]);
    await writeFile(pathOf('generation_config.json'), '{}');
    expect((await read(51_864)).languages).toEqual({});
    expect((await read(51_865)).languages).toEqual(smallTokens.languages);
  });

  it('refuses tokens that the weights do not have, and tokens in another order', async () => {
    await expect(read(30)).rejects.toThrow(/tokens that the weights do not have/);
    const tokenizer = (from: string, to: string) => ({
      model: { vocab: { a: 0 } },
      added_tokens: ['endoftext', 'startoftranscript', 'en', 'translate', 'transcribe', 'startofprev']
        .concat(['nospeech', 'notimestamps'])
        .map((name, id) => ({
          id: name === from ? 39 : id + 1,
          content: `<|${name === from ? to : name}|>`,
        })),
    });
    const write = (content: unknown) => writeFile(pathOf('tokenizer.json'), JSON.stringify(content));
    await write(tokenizer('en', 'en'));
    await expect(read()).rejects.toThrow(/not between <\|endoftext\|> and <\|notimestamps\|>/);
    await write(tokenizer('nospeech', 'other'));
    await expect(read()).rejects.toThrow(/has no token <\|nospeech\|> or <\|nocaptions\|>/);
    await write(tokenizer('en', 'EN'));
    await expect(read()).rejects.toThrow(/has no token of a language/);
  });
});

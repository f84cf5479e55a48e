import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAddModelRequest } from './add-model-arguments.js';
import { UsageError } from './run-command.js';

const needed = ['exports', '--family', 'moonshine', '--id', 'my-model'];

describe('readAddModelRequest', () => {
  it('needs a folder, a family and an id, and fills in the rest', () => {
    expect(readAddModelRequest(needed)).toMatchObject({
      folder: resolve(process.env.INIT_CWD ?? '', 'exports'),
      family: 'moonshine',
      id: 'my-model',
      languages: [],
      files: {},
      url: undefined,
      version: 1,
      maxAudioSeconds: 30,
      license: 'not stated',
    });
  });

  it('reads several languages and files of roles', () => {
    const more = ['--language', 'PT-br', '--language', 'es', '--file', 'decoder=a=b.onnx'];
    expect(readAddModelRequest([...needed, ...more])).toMatchObject({
      languages: ['pt-BR', 'es'],
      files: { decoder: 'a=b.onnx' },
    });
  });

  it.each<[string, string[], RegExp]>([
    ['nothing', [], /^npm run models:add -- FOLDER/],
    ['no family', ['exports', '--id', 'x'], /^npm run models:add/],
    ['two folders', ['other', ...needed], /^npm run models:add/],
    ['an unknown option', [...needed, '--lang', 'en'], /--lang/],
    [
      'an id that leads elsewhere',
      [...needed.slice(0, 4), '../x'],
      /^--id \.\.\/x has to consist of letters/,
    ],
    ['a language that is none', [...needed, '--language', 'english!'], /english! is not a BCP 47 tag/],
    ['a file without a role', [...needed, '--file', 'a.onnx'], /a\.onnx is not ROLE=NAME/],
  ])('refuses %s as a wrong call', (_, args, message) => {
    expect(() => readAddModelRequest(args)).toThrow(UsageError);
    expect(() => readAddModelRequest(args)).toThrow(message);
  });
});

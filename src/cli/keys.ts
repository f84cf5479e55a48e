import { createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { runCommand, UsageError } from './run-command.js';

const usage = `npm run keys -- new NAME    makes a key and prints it once, with its entry for API_KEYS
npm run keys -- hash NAME   reads a key from standard input and prints its entry for API_KEYS`;

/** 256 random bits: nobody guesses it, so a plain sha256 is enough to store it by. */
const keyBytes = 32;

function entryOf(name: string, key: string): string {
  return `${name}=${createHash('sha256').update(key).digest('hex')}`;
}

await runCommand(async ([command, name, ...rest]) => {
  if (name === undefined || rest.length > 0 || !/^[A-Za-z0-9_.-]+$/.test(name)) throw new UsageError(usage);
  if (command === 'new') {
    const key = `hk_${randomBytes(keyBytes).toString('base64url')}`;
    console.log(`key, for the client, shown only now:\n  ${key}`);
    console.log(`entry for API_KEYS, comma-separated from others:\n  ${entryOf(name, key)}`);
  } else if (command === 'hash') {
    // Not as an argument: those are seen in the list of processes and kept in the shell's history.
    const key = (await text(process.stdin)).trim();
    if (key === '') throw new UsageError(usage);
    console.log(entryOf(name, key));
  } else {
    throw new UsageError(usage);
  }
});

import { createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { keyOptions, keyRow } from '../config/key-rows.js';
import type { KeyOption } from '../config/key-rows.js';
import { runCommand, UsageError } from './run-command.js';

const usage = `npm run keys -- new NAME [OPTION …]    makes a key and prints it once, with its row for API_KEYS or API_KEYS_FILE
npm run keys -- hash NAME [OPTION …]   reads a key from standard input and prints its row

  --expires 90d                  or a day (2027-01-31), or a time (2027-01-31T18:00:00Z)
  --scopes transcribe,stream     some of transcribe, stream, admin; without it transcribe and stream
  --requests-per-minute N
  --streams N                    live streams at once
  --audio-seconds-per-hour N
  --capture yes                    audio of its clients may be kept for labelling`;

/** 256 random bits: nobody guesses it, so a plain sha256 is enough to store it by. */
const keyBytes = 32;
const dayMs = 86_400_000;

await runCommand(async (args) => {
  const { positionals, options } = argumentsOf(args);
  const [command, name, ...rest] = positionals;
  if (name === undefined || rest.length > 0 || !/^[A-Za-z0-9_.-]+$/.test(name)) throw new UsageError(usage);
  if (command === 'new') {
    const key = `hk_${randomBytes(keyBytes).toString('base64url')}`;
    const row = rowOf(name, key, options);
    console.log(`key, for the client, shown only now:\n  ${key}`);
    console.log(`row for API_KEYS, comma-separated from others, or a line of API_KEYS_FILE:\n  ${row}`);
  } else if (command === 'hash') {
    // Not as an argument: those are seen in the list of processes and kept in the shell's history.
    const key = (await text(process.stdin)).trim();
    if (key === '') throw new UsageError(usage);
    console.log(rowOf(name, key, options));
  } else {
    throw new UsageError(usage);
  }
});

type Options = Readonly<Partial<Record<KeyOption, string>>>;

function argumentsOf(args: readonly string[]): { positionals: readonly string[]; options: Options } {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(keyOptions.map((name) => [name, { type: 'string' as const }])),
      allowPositionals: true,
    });
    return { positionals, options: values };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

/** @throws UsageError for an option that the service would refuse */
function rowOf(name: string, key: string, given: Options): string {
  const options: Options = {
    ...given,
    ...(given.expires === undefined ? {} : { expires: dayOf(given.expires) }),
    ...(given.scopes === undefined ? {} : { scopes: given.scopes.replaceAll(',', '+') }),
  };
  const parts = keyOptions.flatMap((option) =>
    options[option] === undefined ? [] : [`${option}=${options[option]}`],
  );
  const row = [createHash('sha256').update(key).digest('hex'), ...parts].join(' ');
  try {
    keyRow.parse(row);
  } catch (error) {
    throw new UsageError(`The row ${(error as Error).message}.\n${usage}`);
  }
  return `${name}=${row}`;
}

/** `90d` as the day that is 90 days from now. */
function dayOf(text: string): string {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  return days === undefined ? text : new Date(Date.now() + Number(days) * dayMs).toISOString().slice(0, 10);
}

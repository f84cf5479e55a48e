// @module-tag slow
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../config/environment.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command from its source, as a process of its own. */
function run(
  name: string,
  args: readonly string[],
  { input = '', variables = {} }: { input?: string; variables?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const node = ['--import', './scripts/typescript-loader.mjs', `src/cli/${name}.ts`, ...args];
    const child = execFile(process.execPath, node, { env: variables }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

describe('keys', () => {
  it('makes a key whose entry the configuration takes, and finds the same entry from the key', async () => {
    const made = await run('keys', ['new', 'search']);
    const key = /hk_\S+/.exec(made.stdout)?.[0] ?? '';
    const entry = /search=\S+/.exec(made.stdout)?.[0] ?? '';
    expect(key.length).toBeGreaterThan(40);
    expect([...readEnvironment({ API_KEYS: entry }).API_KEYS.keys()]).toEqual(['search']);
    expect((await run('keys', ['hash', 'search'], { input: `${key}\n` })).stdout.trim()).toBe(entry);
    expect((await run('keys', ['new', 'search'])).stdout).not.toContain(key);
  });

  it('writes days, scopes and limits into the row', async () => {
    const options = ['--expires', '90d', '--scopes', 'transcribe,admin', '--requests-per-minute', '60'];
    const { stdout } = await run('keys', ['hash', 'app', ...options], { input: 'a key of my own' });
    const day = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
    expect(stdout.trim()).toMatch(
      new RegExp(`^app=[0-9a-f]{64} expires=${day} scopes=transcribe\\+admin requests-per-minute=60$`),
    );
    expect(readEnvironment({ API_KEYS: stdout }).API_KEYS.get('app')?.requestsPerMinute).toBe(60);
  });

  it('refuses an option that the service would refuse', async () => {
    const { code, stderr } = await run('keys', ['new', 'app', '--scopes', 'everything']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('scopes must be some of transcribe+stream')]);
  });

  it('prints its usage for a wrong call', async () => {
    for (const args of [[], ['new'], ['new', 'a=b'], ['old', 'name']]) {
      const { code, stderr } = await run('keys', args);
      expect([code, stderr.startsWith('npm run keys')]).toEqual([2, true]);
    }
  });
});

describe('config:validate', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function validate(content: string): Promise<Ended> {
    const path = join(folder, 'settings.env');
    await writeFile(path, content);
    return run('validate-config', [path]);
  }

  it('lists everything that is wrong, and names that are not settings', async () => {
    const wrong = await validate('PORT=70000\nVAD_THRESHOLD=2\n');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/PORT must be.*\n.*VAD_THRESHOLD must be/);
  });

  it('reports wrong values, names that are not settings and models that do not exist in one go', async () => {
    const { code, stderr } = await validate(
      'PORT=80a\nLOG_LEVEL=verbose\nAPI_KEYS=app=REPLACE\nWORKERS=-1\nMODEL=x\nMAX_STREAM=4\nVAD_TRESHOLD=0.6\nMODELS=whisper\n',
    );
    expect(code).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'API_KEYS', 'WORKERS'])
      expect(stderr).toMatch(new RegExp(`- ${name} must`));
    expect(stderr).toContain('MODEL is not the name of a setting; did you mean MODELS?');
    expect(stderr).toContain('MAX_STREAM is not the name of a setting; did you mean MAX_STREAMS?');
    expect(stderr).toContain('VAD_TRESHOLD is not the name of a setting; did you mean VAD_THRESHOLD?');
    expect(stderr).toMatch(/MODELS: There is no model named whisper; there are: .*moonshine-tiny-en/);
  });

  it('refuses the voice activity model as a speech model, and suggests the name that a slip of the pen meant', async () => {
    const { stderr } = await validate('MODELS=silero-vad,moonshine-tiny\n');
    expect(stderr).toContain('silero-vad is not a speech model');
    expect(stderr).toContain('Did you mean moonshine-tiny-en?');
  });

  it('does not check models of a folder that is not on this machine, and says so', async () => {
    const { code, stderr } = await validate('MODELS=mine\nMODELS_FOLDER=/volume/models\n');
    expect(code).toBe(0);
    expect(stderr).toContain('the folder /volume/models is not on this machine');
  });

  it('reads manifests, also from standard input', async () => {
    const map = 'kind: ConfigMap\ndata:\n  PORT: "80a"\n---\nkind: Service\n';
    const { code, stderr } = await run('validate-config', ['-'], { input: map });
    expect([code, stderr]).toEqual([1, expect.stringContaining('PORT must be a whole number')]);
  });

  it('accepts a right one, and prints no secret', async () => {
    const hash = 'a1'.repeat(32);
    const { code, stdout } = await validate(`PORT=9000\nAPI_KEYS=search=${hash}\n`);
    expect(code).toBe(0);
    expect(stdout).toContain('PORT=9000');
    expect(stdout).not.toContain(hash);
  });

  it('checks a file of keys that is here, and says of one that is not that it was not checked', async () => {
    const keys = join(folder, 'keys');
    await writeFile(keys, 'app=REPLACE\n');
    const wrong = await validate(`API_KEYS_FILE=${keys}\n`);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('API_KEYS_FILE must be a sha256'),
    ]);
    const elsewhere = await validate('HOST=0.0.0.0\nAPI_KEYS_FILE=/etc/hearken/keys/API_KEYS\n');
    expect([elsewhere.code, elsewhere.stderr]).toEqual([0, expect.stringContaining('were not checked')]);
  });

  it('checks the environment where no file is named', async () => {
    const { code, stderr } = await run('validate-config', [], { variables: { LOG_LEVEL: 'loud' } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('LOG_LEVEL')]);
    const slip = await run('validate-config', [], { variables: { VAD_TRESHOLD: '1', EDITOR: 'vi' } });
    expect([slip.code, slip.stderr]).toEqual([1, expect.stringContaining('did you mean VAD_THRESHOLD?')]);
    expect(slip.stderr).not.toContain('EDITOR');
  });
});

describe('evaluate', () => {
  it('reports a wrong manifest and wrong arguments before anything is set up for the run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
    const manifest = join(folder, 'list.jsonl');
    await writeFile(manifest, '{"file":"a.wav","text":"x"}\n{"file":"./a.wav"}\n');
    const wrong = await run('check-evaluation', ['--manifest', manifest]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('list.jsonl:2 has no "text"')]);
    await writeFile(manifest, '{"file":"a.wav","text":"x"}\n{"file":"./a.wav","text":"x"}\n');
    const odd = await run('check-evaluation', ['--manifest', manifest]);
    expect(odd.code).toBe(0);
    expect(odd.stderr).toContain('1 of 2 clips have a file that an earlier clip has');
    expect(odd.stderr).toContain('2 of 2 files are not there');
    expect((await run('check-evaluation', ['--manifest', manifest, '--limit', 'x'])).code).toBe(2);
    await rm(folder, { recursive: true });
  });
});

describe('models:fetch', () => {
  it('names the models that there are when it does not know one', async () => {
    const { code, stderr } = await run('fetch-models', ['whisper-1']);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no model named whisper-1');
    expect(stderr).toMatch(/moonshine-base-en,.*moonshine-tiny-en/);
    expect(stderr).toContain('MODEL_ALIASES=whisper-1=');
  });

  it('needs no address and no keys, so that an image can fetch its models while it is built', async () => {
    const { stderr } = await run('fetch-models', ['whisper-1'], { variables: { HOST: '0.0.0.0' } });
    expect(stderr).not.toContain('HOST');
  });
});

describe('labels', () => {
  it('prints all findings of a manifest and fails, writes a copy without any, and ranks what is captured', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'labels-'));
    const rows = [
      { file: 'a.wav', text: 'The weather is fine.', hypothesis: 'The weather is fine.', confidence: 0.9 },
      { file: 'b.wav', text: 'Um... he came at 7.', hypothesis: 'He came at seven.', confidence: 0.4 },
    ];
    const manifest = join(folder, 'list.jsonl');
    await writeFile(manifest, rows.map((row) => JSON.stringify(row)).join('\n'));
    for (const { file } of rows) await writeFile(join(folder, file), file);
    const checked = await run('labels', ['check', manifest, '--convention', 'clean']);
    expect([checked.code, checked.stdout]).toEqual([
      1,
      expect.stringContaining('list.jsonl:2 fillers: has "Um... he"'),
    ]);
    const copy = join(folder, 'copy.jsonl');
    const fixed = await run('labels', ['fix', manifest, '--convention', 'clean', '--out', copy]);
    expect([fixed.code, fixed.stdout]).toEqual([
      0,
      expect.stringMatching(/were +22\.22 %\n.*fixed +12\.50 %\n.* 0\.00 %/),
    ]);
    expect((await run('labels', ['check', copy])).code).toBe(0);
    const { stdout } = await run('labels', ['next', manifest, '--count', '1']);
    expect(stdout.split('\n')[1]).toMatch(/b\.wav$/);
    const { code, stderr } = await run('labels', ['look', manifest]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('npm run labels -- check')]);
    await rm(folder, { recursive: true });
  });
});

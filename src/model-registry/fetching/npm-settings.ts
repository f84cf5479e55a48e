import { dirname, resolve } from 'node:path';
import type { Options } from 'pacote';

/**
 * The npm settings of the user and of the project as npm itself reads them, so that a private registry, a proxy, a
 * certificate or a token that `npm ci` uses is used for the models too.
 * @param variables the environment
 * @param folder the folder of the project's .npmrc
 */
export async function readNpmSettings(
  variables: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<Options> {
  // Loading it takes half a second, which a start with all models in place does not need.
  const { default: Config } = await import('@npmcli/config');
  const { default: npm } = await import('@npmcli/config/lib/definitions/index.js');
  const npmProgram = variables.npm_execpath;
  const config = new Config({
    // npm's own folder may contain settings of those who packaged it.
    npmPath:
      npmProgram === undefined
        ? resolve(dirname(process.execPath), '../lib/node_modules/npm')
        : resolve(dirname(npmProgram), '..'),
    definitions: npm.definitions,
    shorthands: npm.shorthands,
    flatten: npm.flatten,
    argv: [],
    env: { ...variables },
    cwd: folder,
    warn: false,
  });
  await config.load();
  return config.flat;
}

// `npm run docs`: writes the generated parts of the documentation; a test fails where somebody forgot to.
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { generatedParts, regenerated } from './generated-docs.js';

for (const { path, content } of generatedParts) {
  const document = regenerated(await readFile(path, 'utf8'), content());
  await writeFile(path, await format(document, { ...(await resolveConfig(path)), parser: 'markdown' }));
  console.log(`wrote ${path}`);
}

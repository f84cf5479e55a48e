import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The models as components of a bill of materials, with the hashes that set-up verifies.
 * @param ids of models; all in `models/` if undefined
 */
export function modelComponents(ids) {
  return readdirSync('models', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join('models', entry.name, 'model.json')))
    .map(({ name }) => JSON.parse(readFileSync(join('models', name, 'model.json'), 'utf8')))
    .filter(({ id }) => ids === undefined || ids.includes(id))
    .map((manifest) => ({
      type: 'machine-learning-model',
      'bom-ref': `model:${manifest.id}@${manifest.version}`,
      name: manifest.id,
      version: String(manifest.version),
      description: manifest.description,
      ...(manifest.license && { licenses: [licence(manifest.license)] }),
      ...origin(manifest.source),
      components: Object.values(manifest.files).map(({ path, sha256 }) => ({
        type: 'file',
        'bom-ref': `model:${manifest.id}@${manifest.version}/${path}`,
        name: path,
        hashes: [{ alg: 'SHA-256', content: sha256 }],
      })),
    }));
}

/** A manifest may name a licence in words ("CC BY 4.0"), which is not an SPDX identifier. */
function licence(name) {
  return { license: /^[A-Za-z0-9.+-]+$/.test(name) ? { id: name } : { name } };
}

function origin(source) {
  if (source?.pypi !== undefined) {
    const urls = Object.entries(source.pypi).map(
      ([name, version]) => `pkg:pypi/${name.toLowerCase()}@${version}`,
    );
    return { externalReferences: urls.map((url) => ({ type: 'distribution', url })) };
  }
  if (source?.package === undefined) return {};
  const url = `https://www.npmjs.com/package/${source.package}/v/${source.version}`;
  return { externalReferences: [{ type: 'distribution', url }] };
}

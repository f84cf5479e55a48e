// `npm run sbom -- [--models ID,ID] [--debian ROOT]`: prints the software bill of materials (CycloneDX 1.6, JSON) of a
// release: packages, models, Node and, for an image, the packages of the Debian system at ROOT.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { debianComponents } from './debian-packages.mjs';
import { modelComponents } from './model-components.mjs';
import { productionBill } from './production-packages.mjs';

/**
 * @param {{ models?: string[], debianRoot?: string }} [options] ids of models, all if undefined; ROOT, none if undefined
 */
export function billOfMaterials({ models, debianRoot } = {}) {
  const bill = productionBill();
  // npm names the folder, which may be called anything.
  bill.metadata.component.name = JSON.parse(readFileSync('package.json', 'utf8')).name;
  const debian = debianRoot === undefined ? [] : debianComponents(debianRoot);
  bill.components.push(node(), ...modelComponents(models), ...debian);
  return bill;
}

function node() {
  const version = process.versions.node;
  const purl = `pkg:generic/node@${version}`;
  return {
    type: 'platform',
    'bom-ref': purl,
    name: 'node',
    version,
    purl,
    licenses: [{ license: { id: 'MIT' } }],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { models: { type: 'string' }, debian: { type: 'string' } } });
  const bill = billOfMaterials({
    // silero-vad serves with every model.
    models: values.models === undefined ? undefined : [...values.models.split(','), 'silero-vad'],
    debianRoot: values.debian,
  });
  console.log(JSON.stringify(bill, undefined, 2));
}

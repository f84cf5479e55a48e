// `npm run sbom -- [--models ID,ID] [--debian FILE]`: prints the software bill of materials (CycloneDX 1.6, JSON) of a
// release: packages, models, Node and, for an image, the packages of Debian that FILE lists, one `name version architecture`
// in a line.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { modelComponents } from './model-components.mjs';
import { productionBill } from './production-packages.mjs';

/**
 * @param {{ models?: string[], debianList?: string }} [options] ids of models, all if undefined; text of FILE
 */
export function billOfMaterials({ models, debianList = '' } = {}) {
  const bill = productionBill();
  // npm names the folder, which may be called anything.
  bill.metadata.component.name = JSON.parse(readFileSync('package.json', 'utf8')).name;
  bill.components.push(node(), ...modelComponents(models), ...debianComponents(debianList));
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

function debianComponents(list) {
  return list
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name, version, architecture] = line.trim().split(' ');
      const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
      return { type: 'library', 'bom-ref': purl, name, version, purl };
    });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { models: { type: 'string' }, debian: { type: 'string' } } });
  const bill = billOfMaterials({
    // silero-vad serves with every model.
    models: values.models === undefined ? undefined : [...values.models.split(','), 'silero-vad'],
    debianList: values.debian === undefined ? '' : readFileSync(values.debian, 'utf8'),
  });
  console.log(JSON.stringify(bill, undefined, 2));
}

// `node scripts/debian-packages.mjs BILL [ROOT]`: puts the packages of the Debian system at ROOT (`/`) into a bill of materials
// (CycloneDX), in the place of those that it lists. Needs Node only, so that a stage of the Dockerfile without packages can run it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const packagesPath = 'var/lib/dpkg/status';
const copyrightFormat = /^Format:.*copyright-format/m;

/**
 * @param {string} root of the file system
 * @returns a component for each installed package, with the licences that its copyright file names in Debian's format
 */
export function debianComponents(root) {
  return readFileSync(join(root, packagesPath), 'utf8')
    .split(/\n\n+/)
    .filter((paragraph) => fieldOf(paragraph, 'Status') === 'install ok installed')
    .map((paragraph) => {
      const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((field) =>
        fieldOf(paragraph, field),
      );
      const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
      const licenses = licencesOf(root, name).map((licence) => ({ license: { name: licence } }));
      return {
        type: 'library',
        'bom-ref': purl,
        name,
        version,
        purl,
        ...(licenses.length > 0 ? { licenses } : {}),
      };
    });
}

function fieldOf(paragraph, field) {
  return new RegExp(`^${field}: (.*)$`, 'm').exec(paragraph)?.[1];
}

/** Names of Debian, such as `GPL-2+`; none for a package whose copyright file is free text. */
function licencesOf(root, name) {
  const path = join(root, 'usr/share/doc', name, 'copyright');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (!copyrightFormat.test(text)) return [];
  return [...new Set([...text.matchAll(/^License: *(\S.*)$/gm)].map(([, licence]) => licence.trim()))].sort();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, root = '/'] = process.argv.slice(2);
  const bill = JSON.parse(readFileSync(path, 'utf8'));
  const others = bill.components.filter(({ purl }) => !purl?.startsWith('pkg:deb/'));
  bill.components = [...others, ...debianComponents(root)];
  writeFileSync(path, `${JSON.stringify(bill, undefined, 2)}\n`);
}

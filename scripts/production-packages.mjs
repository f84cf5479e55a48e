import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// `npm sbom --omit=dev` leaves out packages that a development package needs too, so the bill is that of CycloneDX.
const tool = 'node_modules/.bin/cyclonedx-npm';

/**
 * The packages that the service needs at run time, as a bill of materials (CycloneDX 1.6) of the lock file.
 */
export function productionBill() {
  const what = ['--package-lock-only', '--omit', 'dev', 'optional', '--flatten-components'];
  const form = [
    '--spec-version',
    '1.6',
    '--mc-type',
    'application',
    '--output-reproducible',
    '--no-validate',
  ];
  const bill = execFileSync(tool, [...what, ...form, '--output-file', '-'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return withoutOthers(JSON.parse(bill));
}

/**
 * Leaves out the optional peers of packages, such as TypeScript, which are in the lock file for development only, and adds
 * the hashes of the lock file.
 */
function withoutOthers(bill) {
  const needed = neededPackages();
  const integrityOf = (component) => needed.get(`${nameOf(component)}@${component.version}`);
  const components = bill.components
    .filter((component) => integrityOf(component) !== undefined)
    .map((component) => ({ ...component, hashes: hashesOf(integrityOf(component)) }));
  const kept = new Set([bill.metadata.component, ...components].map((component) => component['bom-ref']));
  const dependencies = bill.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn?.filter((other) => kept.has(other)) }));
  return { ...bill, components, dependencies };
}

/** The packages that `npm ci --omit=dev --omit=optional` installs: `name@version` and the hash of its archive. */
function neededPackages() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const needed = Object.entries(packages).filter(
    ([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional,
  );
  const nameIn = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return new Map(needed.map(([path, { version, integrity }]) => [`${nameIn(path)}@${version}`, integrity]));
}

/** @param integrity as `sha512-` and base64 */
function hashesOf(integrity) {
  const [algorithm, value] = integrity.split('-');
  return [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(value, 'base64').toString('hex') }];
}

/** The name of a component with its scope. */
export function nameOf({ group, name }) {
  return group ? `${group}/${name}` : name;
}

/** The licence that a component declares, as one SPDX expression; undefined if it declares none. */
export function licenceOf(component) {
  const names = (component.licenses ?? []).map(
    ({ expression, license }) => expression ?? license?.id ?? license?.name,
  );
  return names.length === 0 ? undefined : names.join(' AND ');
}

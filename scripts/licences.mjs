// `npm run licences`: the licences of everything that the service needs at run time. It fails if one of them is not known to
// allow use, change and distribution in any product; NOTICE has to name each exception.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { modelComponents } from './model-components.mjs';
import { licenceOf, nameOf, productionBill } from './production-packages.mjs';

const permissive = new Set([
  ...[
    '0BSD',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'BlueOak-1.0.0',
    'CC-BY-3.0',
    'CC0-1.0',
    'ISC',
    'MIT',
  ],
  ...['MIT-0', 'Python-2.0', 'Unlicense', 'Zlib'],
]);

/** Packages under other licences, used unmodified. */
const exceptions = new Map([['codec-parser', 'LGPL-3.0-or-later']]);

/** Whether an SPDX expression can be met with permissive licences alone: one of OR, all of AND. */
export function isPermissive(expression) {
  return expression
    .replace(/[()]/g, ' ')
    .split(/\sOR\s/)
    .some((choice) => choice.split(/\sAND\s/).every((name) => permissive.has(name.trim())));
}

/**
 * @param components of a bill of materials
 * @param notice text of NOTICE
 * @returns sentences, one for each component whose licence does not fit
 */
export function licenceFaults(components, notice) {
  return components.flatMap((component) => {
    const name = nameOf(component);
    const licence = licenceOf(component);
    if (licence === undefined) return [`${name} ${component.version} declares no licence.`];
    if (isPermissive(licence)) return [];
    if (exceptions.get(name) !== licence) return [`${name} ${component.version} is under ${licence}.`];
    return notice.includes(name) ? [] : [`NOTICE does not name ${name}, which is under ${licence}.`];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const components = [...productionBill().components, ...modelComponents()];
  const licences = [...new Set(components.map(licenceOf))].sort();
  for (const licence of licences) {
    const members = components.filter((component) => licenceOf(component) === licence);
    console.log(`${licence ?? 'without a licence'} (${members.length})`);
    for (const member of members) console.log(`  ${nameOf(member)} ${member.version}`);
  }
  const faults = licenceFaults(components, readFileSync('NOTICE', 'utf8'));
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

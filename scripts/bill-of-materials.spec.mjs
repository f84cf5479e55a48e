// @module-tag slow
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, describe, expect, it } from 'vitest';
import { billOfMaterials } from './bill-of-materials.mjs';
import { isPermissive, licenceFaults } from './licences.mjs';
import { nameOf } from './production-packages.mjs';

/** A system with one package. */
const debian = mkdtempSync(join(tmpdir(), 'debian-'));
mkdirSync(join(debian, 'var/lib/dpkg'), { recursive: true });
writeFileSync(
  join(debian, 'var/lib/dpkg/status'),
  'Package: libstdc++6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.2.0-14\n',
);
afterAll(() => rmSync(debian, { recursive: true }));

describe('the bill of materials', () => {
  const bill = billOfMaterials({ debianRoot: debian });
  const named = (name) => bill.components.find((component) => component.name === name);

  it('follows the schema of CycloneDX to the letter', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(bill))).toBeNull();
    expect(bill.metadata.component.name).toBe('hearken');
  });

  it('lists every package of the lock file that the service needs, with its hash, and none for development', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const wanted = Object.entries(packages)
      .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13));
    const listed = bill.components.filter(({ purl }) => purl?.startsWith('pkg:npm/')).map(nameOf);
    expect([...new Set(listed)].sort()).toEqual([...new Set(wanted)].sort());
    expect(listed).not.toContain('typescript');
    expect(named('onnxruntime-node').hashes[0].alg).toBe('SHA-512');
  });

  it('lists the models with the hashes of their files', () => {
    const { files } = JSON.parse(readFileSync('models/moonshine-tiny-en/model.json', 'utf8'));
    const model = named('moonshine-tiny-en');
    expect(model.type).toBe('machine-learning-model');
    expect(model.components.map(({ hashes }) => hashes[0].content)).toEqual(
      Object.values(files).map(({ sha256 }) => sha256),
    );
  });

  it('lists Node and the packages of Debian', () => {
    expect(bill.components.find(({ type }) => type === 'platform').version).toBe(process.versions.node);
    expect(named('libstdc++6').purl).toBe('pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64');
  });

  it('has no licence that limits what may be done with the service, save those that NOTICE names', () => {
    const components = bill.components.filter(({ purl }) => !purl?.startsWith('pkg:deb/'));
    expect(licenceFaults(components, readFileSync('NOTICE', 'utf8'))).toEqual([]);
  });
});

describe('licenceFaults', () => {
  const component = (name, id) => ({ name, version: '1', licenses: id ? [{ license: { id } }] : [] });

  it('finds licences that are missing, not permissive, or not named in NOTICE', () => {
    const components = [component('a', 'MIT'), component('b', 'GPL-3.0-only'), component('c')];
    expect(licenceFaults(components, '')).toEqual(['b 1 is under GPL-3.0-only.', 'c 1 declares no licence.']);
    const parser = component('codec-parser', 'LGPL-3.0-or-later');
    expect(licenceFaults([parser], '')).toHaveLength(1);
    expect(licenceFaults([parser], 'codec-parser 2.5.0')).toEqual([]);
  });

  it.each([
    ['(MIT OR GPL-2.0-only)', true],
    ['MIT AND GPL-2.0-only', false],
    ['Apache-2.0 AND BSD-3-Clause', true],
  ])('reads the expression %s', (expression, expected) => {
    expect(isPermissive(expression)).toBe(expected);
  });
});

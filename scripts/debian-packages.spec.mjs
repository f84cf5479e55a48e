import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { debianComponents } from './debian-packages.mjs';

const status = `Package: ffmpeg
Status: install ok installed
Maintainer: Somebody <somebody@example.com>
Architecture: amd64
Version: 7:5.1.6-0+deb12u1
Description: Tools for transcoding
 Version: of no field

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2025b-0
`;
const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: LGPL-2.1+

Files: libavcodec/x86/*
License: GPL-2+

License: LGPL-2.1+
 On Debian systems the text is in /usr/share/common-licenses.
`;
const purl = 'pkg:deb/debian/ffmpeg@7%3A5.1.6-0%2Bdeb12u1?arch=amd64';

describe('debianComponents', () => {
  const root = mkdtempSync(join(tmpdir(), 'debian-'));
  const put = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  beforeAll(() => {
    put('var/lib/dpkg/status', status);
    put('usr/share/doc/ffmpeg/copyright', copyright);
    put('usr/share/doc/tzdata/copyright', 'Public domain. License: see above.');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('lists the installed packages with version, licences and purl', () => {
    expect(debianComponents(root)).toEqual([
      {
        type: 'library',
        'bom-ref': purl,
        name: 'ffmpeg',
        version: '7:5.1.6-0+deb12u1',
        purl,
        licenses: [{ license: { name: 'GPL-2+' } }, { license: { name: 'LGPL-2.1+' } }],
      },
      expect.objectContaining({ name: 'tzdata', purl: 'pkg:deb/debian/tzdata@2025b-0?arch=all' }),
    ]);
    expect(debianComponents(root)[1]).not.toHaveProperty('licenses');
  });

  it('takes the place of the packages that a bill listed, and leaves the rest', () => {
    const bill = join(root, 'bill.json');
    const node = { name: 'node', purl: 'pkg:generic/node@24' };
    const old = { name: 'libc6', purl: 'pkg:deb/debian/libc6@1' };
    writeFileSync(
      bill,
      JSON.stringify({ bomFormat: 'CycloneDX', components: [old, node, { name: 'model' }] }),
    );
    execFileSync(process.execPath, ['scripts/debian-packages.mjs', bill, root]);
    const { bomFormat, components } = JSON.parse(readFileSync(bill, 'utf8'));
    expect(bomFormat).toBe('CycloneDX');
    expect(components.map(({ name }) => name)).toEqual(['node', 'model', 'ffmpeg', 'tzdata']);
  });
});

import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './public-address.js';

describe('isPublicAddress', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.0.1',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82a::200e',
  ])('takes %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ['this network', '0.0.0.0', '0.1.2.3'],
    [
      'private networks',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      'fc00::1',
      'fd00:ec2::254',
    ],
    ['carriers', '100.64.0.1', '100.100.100.200', '100.127.255.255'],
    ['this machine', '127.0.0.1', '127.255.255.254', '::1', '::'],
    ['links, with the metadata of clouds', '169.254.169.254', '169.254.0.1', 'fe80::1', 'febf::1'],
    ['protocols', '192.0.0.1', '192.0.0.192', '192.88.99.1'],
    ['documentation and tests', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
    ['measurements', '198.18.0.1', '198.19.255.255', '2001:2::1'],
    ['groups', '224.0.0.1', '239.255.255.255', 'ff02::1'],
    ['the future', '240.0.0.1', '255.255.255.255', '4000::1', '::2'],
    ['IPv4 in IPv6', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:10.0.0.1', '::127.0.0.1', '::7f00:1'],
    ['NAT64', '64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::a00:1'],
    ['6to4 and Teredo', '2002:7f00:1::', '2002:a00:1::1', '2001:0:4136:e378::1'],
    ['old site-local and discarded ones', 'fec0::1', '100::1', '5f00::1'],
    ['the host below a machine of Azure', '168.63.129.16'],
    ['zones', 'fe80::1%eth0', '::1%lo'],
    ['no addresses', '', 'localhost', 'example.com', '1.2.3.4.5', '[::1]'],
  ])('takes none of %s', (_what, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});

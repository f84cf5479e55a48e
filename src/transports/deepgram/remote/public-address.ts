import ipaddr from 'ipaddr.js';

/** Public by its range; inside of Azure it is a service of the host. */
const insideAzure = '168.63.129.16';
/** The part of IPv6 from which public addresses are given out (RFC 4291). */
const globalUnicast = [ipaddr.IPv6.parse('2000::'), 3] as const;

/**
 * Whether an address belongs to the public internet: not to this machine, a private network, a link, a carrier, a group,
 * documentation or tests, and not one that carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo).
 * @param address in the form of a resolver or of `URL.hostname` without brackets
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || address === insideAzure) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast[0], globalUnicast[1]);
}

/** Addresses as values. The only importer of ipaddr.js outside the sandbox. */
import ipaddr from 'ipaddr.js';
import type { IpVersion } from './records.js';

export interface Address {
  /** Canonical text: dotted quad, or RFC 5952. */
  readonly text: string;
  readonly version: IpVersion;
}

/**
 * Reads an address in any unambiguous spelling. Undefined for text that is none: names, ids, CIDRs, octal or shortened
 * IPv4 (`010.0.0.1`, `10.1`), IPv4 behind two colons (`::192.0.2.1`): programs disagree on what they mean; and scoped IPv6 (`fe80::1%eth0`: means nothing elsewhere).
 */
export function parseAddress(text: string): Address | undefined {
  const trimmed = text.trim();
  if (ipaddr.IPv4.isValidFourPartDecimal(trimmed)) {
    const canonical = ipaddr.IPv4.parse(trimmed).toString();
    return canonical === trimmed ? { text: canonical, version: 4 } : undefined;
  }
  if (!trimmed.includes(':') || trimmed.includes('%') || /^::\d+\./.test(trimmed) || !ipaddr.IPv6.isValid(trimmed)) return undefined;
  const parsed = ipaddr.IPv6.parse(trimmed);
  // Programs that listen on IPv6 write IPv4 so: `::ffff:203.0.113.7` is 203.0.113.7.
  if (parsed.isIPv4MappedAddress()) return { text: parsed.toIPv4Address().toString(), version: 4 };
  return { text: parsed.toRFC5952String(), version: 6 };
}

/** Whether `address` lies in `cidr`. False for another version; both must be well formed. */
export function contains(cidr: string, address: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}

/** Whether text is a CIDR (`203.0.113.0/24`); host bits may be set. */
export const isCidr = (text: string): boolean =>
  ipaddr.isValidCIDR(text) && parseAddress(text.slice(0, text.lastIndexOf('/'))) !== undefined;

/** A key that sorts addresses by version, then by number. */
export function sortKey(address: string | null): string {
  const parsed = address === null ? undefined : parseAddress(address);
  if (parsed === undefined) return '9';
  const bytes = ipaddr.parse(parsed.text).toByteArray();
  return parsed.version + bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

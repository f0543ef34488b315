/** Rules that all sandbox clouds share: repeatable ids, a logical clock, address pools, changes that settle late. */
import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { CloudBase } from './dialect.js';

const START = Date.UTC(2026, 0, 15, 10, 0, 0);

/** The next id, a version-4-shaped UUID that depends on `kind` and the cloud's history only. */
export function nextId(cloud: CloudBase, kind: string): string {
  cloud.serial += 1;
  return uuid(`${kind}/${cloud.serial}`);
}

/** The UUID that a seed gives to a named thing: `uuid('server/web-1')`. */
export function uuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Lets a mutation's second pass and returns the new logical time. */
export function tick(cloud: CloudBase): Date {
  cloud.moment += 1;
  return new Date(START + cloud.moment * 1000);
}

/** The logical time now, without moving it. */
export function today(cloud: CloudBase): Date {
  return new Date(START + cloud.moment * 1000);
}

/** The lowest address from `first` to `last` (IPv4, inclusive) for which `taken` is false; undefined when there is none. */
export function lowestFree(first: string, last: string, taken: (address: string) => boolean): string | undefined {
  for (let number = toNumber(first); number <= toNumber(last); number += 1) {
    const address = fromNumber(number);
    if (!taken(address)) return address;
  }
  return undefined;
}

/** Whether `address` (IPv4 or IPv6 text) lies in `cidr`; false for text that is no address. */
export function inCidr(address: string, cidr: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const range = ipaddr.parseCIDR(cidr);
  return parsed.kind() === range[0].kind() && parsed.match(range);
}

/** Strict dotted quad: four decimal parts, no leading zeros, no shorthand. */
export function isDottedQuad(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) && ipaddr.IPv4.parse(text).toString() === text;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

export function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);
}

export function fromNumber(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/**
 * A value that changes late: reads go on showing `now` until it was read `reads` more times, then show `next`.
 * Counting reads instead of time keeps every run alike. `reads` 0 changes at once.
 */
export interface Late<T> {
  now: T;
  next: T;
  reads: number;
}

export function late<T>(now: T, next: T, reads: number): Late<T> {
  return reads > 0 ? { now, next, reads } : { now: next, next, reads: 0 };
}

/** What a read shows; counts it. */
export function readLate<T>(value: Late<T>): T {
  const shown = value.now;
  if (value.reads > 0) {
    value.reads -= 1;
    if (value.reads === 0) value.now = value.next;
  }
  return shown;
}

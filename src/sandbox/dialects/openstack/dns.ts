/**
 * How Neutron wants the name of a floating address in an external DNS written; '' is none.
 * https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips
 */
const longest = 255;

/** A name below some domain: no dot at its end, room for a domain behind it. */
export function isDnsName(value: string): boolean {
  return value === '' || (value.length <= longest - 3 && !value.endsWith('.') && hasGoodLabels(value));
}

/** A whole domain: a dot at its end, room for a name in front of it. */
export function isDnsDomain(value: string): boolean {
  return value === '' || (value.length <= longest - 2 && value.endsWith('.') && hasGoodLabels(value.slice(0, -1)));
}

/** RFC 1123's labels; a top level made of digits alone would make an address of the name. */
function hasGoodLabels(value: string): boolean {
  const labels = value.split('.');
  const numeric = labels.length > 1 && /^\d+$/.test(labels.at(-1) ?? '');
  return !numeric && labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i.test(label));
}

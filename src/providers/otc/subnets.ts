/** Which subnet is meant, and what is certain of an address in it. A subnet has two ids; all calls here want the network's. */
import { contains } from '../../domain/address.js';
import type { IpctlError } from '../../domain/errors.js';
import { collect } from '../../http/pages.js';
import { once } from './access.js';
import type { Cloud } from './association.js';
import { refused } from './records.js';
import type { WireSubnet } from './wire.js';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `known` is what its name was found by; an id is taken as it is, since a wrong one shows in the reply. */
export interface Meant {
  readonly ref: string;
  readonly id: string;
  readonly known: WireSubnet | undefined;
}

const described = ({ id, name, vpc, cidr }: WireSubnet): string => `${id} (${name ?? 'unnamed'}, VPC ${vpc ?? 'none'}, ${cidr})`;

const numberOf = (address: string): number => address.split('.').reduce((number, part) => number * 256 + Number(part), 0);

/** Why `address` can be nobody's in this subnet, or undefined. Their pages disagree about further addresses: those are theirs to refuse. */
export function neverIn({ cidr, gateway, name, id }: WireSubnet, address: string): string | undefined {
  const subnet = `subnet ${name ?? id} (${cidr})`;
  if (!contains(cidr, address)) return `${address} is outside ${subnet}`;
  if (address === gateway) return `${address} is the gateway of ${subnet}`;
  const [base = '', bits] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const offset = numberOf(address) - Math.floor(numberOf(base) / size) * size;
  if (offset === 0) return `${address} is the address of ${subnet} itself`;
  return offset === size - 1 ? `${address} is the broadcast address of ${subnet}` : undefined;
}

export type Subnets = ReturnType<typeof subnetsOf>;

export function subnetsOf({ context: { place }, open }: Pick<Cloud, 'context' | 'open'>) {
  const all = once(async (): Promise<WireSubnet[]> => collect((await open()).listSubnets()));

  const noSubnet = (ref: string): IpctlError => refused('not-found', `no subnet '${ref}' in profile ${place.profile}`, 'ipctl subnet list');

  return {
    all,

    async meant(ref: string): Promise<Meant> {
      if (UUID.test(ref)) return { ref, id: ref, known: undefined };
      const named = (await all()).filter(({ name }) => name === ref);
      const [only, ...others] = named;
      if (only === undefined) throw noSubnet(ref);
      if (others.length > 0)
        throw refused('usage', `${named.length} subnets are named '${ref}'`, `use an id: ${named.map(described).join(', ')}`);
      return { ref, id: only.id, known: only };
    },

    /** The list of an unknown subnet is empty, and so is that of a Neutron subnet's id, the other id of the same thing. */
    async requireKnown(ref: string, id: string): Promise<WireSubnet> {
      const known = (await all()).find((subnet) => subnet.id === id);
      if (known !== undefined) return known;
      const meant = (await all()).find(({ neutronSubnet }) => neutronSubnet === id);
      throw meant === undefined
        ? noSubnet(ref)
        : refused('usage', `'${ref}' is the Neutron subnet id`, `use the network id: ${described(meant)}`);
    },
  };
}

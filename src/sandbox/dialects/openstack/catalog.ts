/**
 * The service catalog: two regions, three interfaces, one origin. Which endpoint a client chose shows in the path it
 * calls: `/two` for the second region, `/internal` and `/admin` for the interfaces that are not public.
 * https://docs.openstack.org/api-ref/identity/v3/
 */
import { uuid } from '../../cloud.js';
import type { Ask } from './ask.js';
import { plainId } from './cloud.js';

interface Where {
  readonly region: string;
  readonly prefix: string;
}

/** The unwanted come first, so that a client which takes the first endpoint without looking is found out. */
const regions: readonly Where[] = [
  { region: 'RegionTwo', prefix: '/two' },
  { region: 'RegionOne', prefix: '' },
];
const faces = [
  { face: 'admin', prefix: '/admin' },
  { face: 'internal', prefix: '/internal' },
  { face: 'public', prefix: '' },
] as const;

/** Splits the path as it came into the prefix of region and interface, the service, and the rest. */
export function locate(path: readonly string[]): {
  base: string;
  region: 'one' | 'two';
  service: string | undefined;
  rest: readonly string[];
} {
  const two = path[0] === 'two';
  const afterRegion = two ? path.slice(1) : path;
  const faced = afterRegion[0] === 'internal' || afterRegion[0] === 'admin';
  const rest = faced ? afterRegion.slice(1) : afterRegion;
  const consumed = path.slice(0, path.length - rest.length + 1);
  return { base: `/${consumed.join('/')}`, region: two ? 'two' : 'one', service: rest[0], rest: rest.slice(1) };
}

/** The catalog for a token of `project`. The network URL lacks its version, the compute URL ends in the project. */
export function catalog(ask: Ask, project: string): readonly unknown[] {
  const service = (type: string, name: string, path: string) => ({
    type,
    name,
    id: plainId(`service/${name}/${type}`),
    endpoints: regions.flatMap((where) =>
      faces.map((face) => ({
        id: uuid(`endpoint/${type}/${where.region}/${face.face}`),
        interface: face.face,
        region: where.region,
        region_id: where.region,
        url: `${ask.tools.origin}${where.prefix}${face.prefix}${path}`,
      })),
    ),
  });
  return [
    service('identity', 'keystone', '/identity'),
    service('compute_legacy', 'nova_legacy', `/compute/v2/${project}`),
    service('compute', 'nova', `/compute/v2.1/${project}`),
    ...(ask.knobs.networkInCatalog ? [service('network', 'neutron', '/network')] : []),
  ];
}

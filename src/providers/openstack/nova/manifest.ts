import { defineManifest, no, yes } from '../../../domain/manifest.js';
import { access, computeEndpoint, insecureHttp, waysIn } from '../access.js';

const PAGE = 'https://docs.openstack.org/api-ref/compute/';
const FLOATING_IPS = `${PAGE}#floating-ips-os-floating-ips-deprecated`;
const POOLS = `${PAGE}#floating-ip-pools-os-floating-ip-pools-deprecated`;
const SERVER_IPS = `${PAGE}#servers-ips-servers-ips`;
const NEUTRON = 'a profile of the provider openstack can, where the cloud has Neutron';

export const nova = defineManifest({
  id: 'nova',
  title: 'OpenStack Nova, legacy floating IPs',
  docs: FLOATING_IPS,
  options: {
    ...access,
    'compute-endpoint': computeEndpoint,
    pool: { kind: 'string', help: 'pool to draw addresses from, by name', on: ['ip allocate'] },
    'insecure-http': insecureHttp,
  },
  oneOf: waysIn,
  supports: {
    account: yes(),
    listFloatingIps: yes(),
    getFloatingIp: yes(),
    allocateFloatingIp: yes({ takes: ['pool'], note: 'IPv4 of the pool named, or of the only one; the provider picks the address' }),
    associateFloatingIp: yes({ takes: ['private-address'], note: 'by default with the first IPv4 address of the server' }),
    disassociateFloatingIp: yes(),
    moveFloatingIp: yes({ note: 'off one server, then onto the other; put back when that fails' }),
    updateFloatingIp: no('an address carries no name, description or labels', FLOATING_IPS, NEUTRON),
    releaseFloatingIp: yes(),
    listPrivateIps: no('this API knows private addresses as part of a server only', SERVER_IPS, 'ipctl server list shows them'),
    getPrivateIp: no('this API knows private addresses as part of a server only', SERVER_IPS, 'ipctl server show shows them'),
    createPrivateIps: no('private addresses come with the server, no call of this API reserves one', SERVER_IPS, NEUTRON),
    deletePrivateIp: no('private addresses go with the server, no call of this API deletes one', SERVER_IPS, NEUTRON),
    listServers: yes(),
    getServer: yes(),
    listNetworks: no(
      'this API draws addresses from pools, which it knows by name only',
      POOLS,
      'ip allocate without --pool names the pools where there are several',
    ),
    listSubnets: no('this API draws addresses from pools, which have no subnets', POOLS, NEUTRON),
  },
  move: 'stepwise',
  holders: 'one',
  timeout: 60,
  api: { services: ['compute'], probe: '/os-floating-ip-pools' },
});

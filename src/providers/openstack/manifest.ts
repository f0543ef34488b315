import { defineManifest, yes } from '../../domain/manifest.js';
import { access, computeEndpoint, insecureHttp, waysIn } from './access.js';

export const openstack = defineManifest({
  id: 'openstack',
  title: 'OpenStack',
  docs: 'https://docs.openstack.org/api-ref/network/v2/',
  options: {
    ...access,
    'network-endpoint': {
      kind: 'url',
      help: 'network service, instead of the one in the catalog',
      identity: true,
      advanced: true,
      env: ['OS_NETWORK_ENDPOINT_OVERRIDE'],
    },
    'compute-endpoint': computeEndpoint,
    pool: { kind: 'string', help: 'external network to draw addresses from, by name or id', on: ['ip allocate'] },
    'insecure-http': insecureHttp,
  },
  oneOf: waysIn,
  supports: {
    account: yes(),
    listFloatingIps: yes({ takes: ['label'], note: 'of the project of the credentials, also for administrators' }),
    getFloatingIp: yes(),
    allocateFloatingIp: yes({
      takes: ['address', 'pool', 'subnet', 'description', 'label'],
      note: 'IPv4 of an external network; a chosen address is for administrators on most clouds',
    }),
    associateFloatingIp: yes({ takes: ['port', 'private-address'] }),
    disassociateFloatingIp: yes(),
    moveFloatingIp: yes(),
    updateFloatingIp: yes({ takes: ['description', 'label'] }),
    releaseFloatingIp: yes(),
    listPrivateIps: yes({ takes: ['subnet'], note: 'the fixed IPs of ports; those of routers and DHCP too' }),
    getPrivateIp: yes(),
    createPrivateIps: yes({ takes: ['address', 'name'], note: 'a port of its own for each; a chosen address needs the right to do so' }),
    deletePrivateIp: yes(),
    listServers: yes(),
    getServer: yes(),
    listNetworks: yes(),
    listSubnets: yes(),
  },
  move: 'atomic',
  holders: 'one',
  timeout: 60,
});

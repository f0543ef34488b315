import { defineManifest, no, yes } from '../../../domain/manifest.js';
import { identityOptions, plainHttp } from '../identity.js';

const METHODS = 'https://github.com/rackerlabs/docs-cloud-rackconnect/tree/HEAD/api-docs/api-operations/methods';
const ADD = `${METHODS}/post-add-one-public-ip-v3-public-ips.rst`;

export const rackconnect = defineManifest({
  id: 'rackconnect',
  title: 'Rackspace RackConnect v3',
  docs: METHODS,
  options: {
    ...identityOptions,
    retain: {
      kind: 'boolean',
      help: 'keep the address when its server goes; default: only one that is allocated without a server',
      on: ['ip allocate'],
    },
    ...plainHttp,
  },
  oneOf: [['api-key'], ['password']],
  supports: {
    account: yes(),
    listFloatingIps: yes(),
    getFloatingIp: yes(),
    allocateFloatingIp: yes({ takes: ['server'], note: 'for a server, or kept without one; a server has one, an account keeps five' }),
    associateFloatingIp: yes({ takes: ['server'], note: 'a server that has no public address yet' }),
    disassociateFloatingIp: yes({ note: 'only what is kept can be without a server: it is kept from then on' }),
    moveFloatingIp: yes({ note: 'one request, which names the new server only: the holder is read before and after' }),
    updateFloatingIp: no('an address carries no name, description or labels', ADD),
    releaseFloatingIp: yes(),
    listPrivateIps: no('private addresses come with the servers', METHODS, 'ipctl server list shows them'),
    getPrivateIp: no('private addresses come with the servers', METHODS, 'ipctl server show lists those of one server'),
    createPrivateIps: no('RackConnect gives public addresses only', METHODS, 'a profile of the provider rackspace creates them'),
    deletePrivateIp: no('private addresses go with their servers', METHODS),
    listServers: yes(),
    getServer: yes(),
    listNetworks: no('addresses come from the firewall of the account, not from a network', METHODS, 'leave the network out'),
    listSubnets: no('addresses come from the firewall of the account, not from a subnet', METHODS, 'leave the subnet out'),
  },
  move: 'checked',
  marks: { allocateFloatingIp: 'server' },
  // Only what is kept can be without a server, and an account keeps five: taken off first it could fail for want of room.
  releasesHeld: true,
  holders: 'one',
  timeout: 300,
  api: { services: ['rackconnect', 'compute'], probe: '/public_ips' },
  followed: { free: ['ACTIVE'], associated: ['ACTIVE'] },
});

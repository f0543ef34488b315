import { defineManifest, no, yes } from '../../domain/manifest.js';
import { identityOptions, plainHttp } from './identity.js';

const NETWORKS = 'https://github.com/rackerlabs/docs-cloud-networks/tree/HEAD/api-docs';
const SHARED_IPS = `${NETWORKS}/getting-started/configuring-network-variations`;

export const rackspace = defineManifest({
  id: 'rackspace',
  title: 'Rackspace Public Cloud',
  docs: SHARED_IPS,
  options: {
    ...identityOptions,
    network: {
      kind: 'string',
      help: 'network whose ports share the address: PublicNet, or an isolated one by id or name',
      default: 'PublicNet',
      on: ['ip allocate'],
    },
    ports: {
      kind: 'string',
      help: 'ports to add to and to take out of those that share the address: +P,-Q, by id or by the name of their server',
      on: ['ip update'],
    },
    'association-method': {
      kind: 'enum',
      choices: ['put', 'post', 'auto'],
      help: 'how to associate; auto: PUT, and POST where PUT is not served',
      default: 'put',
      advanced: true,
      on: ['ip associate', 'ip allocate'],
    },
    'association-body': {
      kind: 'enum',
      choices: ['none', 'wrapper'],
      help: 'body of the PUT: none, or an empty ip_association',
      default: 'none',
      advanced: true,
      on: ['ip associate', 'ip allocate'],
    },
    ...plainHttp,
  },
  oneOf: [['api-key'], ['password']],
  supports: {
    account: yes(),
    listFloatingIps: yes({ takes: ['kind'], note: 'shared addresses; --kind fixed lists those that are part of servers' }),
    getFloatingIp: yes(),
    allocateFloatingIp: yes({
      takes: ['server', 'port', 'network', 'ip-version-6', 'address'],
      note: 'for two servers or ports or more, on PublicNet of one public IP zone; a chosen address on isolated networks only',
    }),
    associateFloatingIp: yes({ takes: ['server', 'port'], note: 'a server that does not share the address yet is added to those that do' }),
    disassociateFloatingIp: yes(),
    moveFloatingIp: no(
      'the guests decide among themselves which of the associated servers answers, no request does',
      SHARED_IPS,
      'associate the new server, then disassociate the old one',
    ),
    updateFloatingIp: yes({
      note: 'the ports that share the address, by --rackspace-ports +P,-Q; it carries no name, description or labels',
    }),
    releaseFloatingIp: yes(),
    listPrivateIps: yes({ takes: ['subnet'], note: 'those of isolated networks' }),
    getPrivateIp: yes(),
    createPrivateIps: yes({ takes: ['address', 'name'], note: 'a port of its own on an isolated network' }),
    deletePrivateIp: yes({ note: 'deletes the port, when no server uses it' }),
    listServers: yes(),
    getServer: yes(),
    listNetworks: yes(),
    listSubnets: yes(),
  },
  move: 'none',
  marks: { createPrivateIps: 'text' },
  holders: 'several',
  timeout: 60,
  api: { services: ['network', 'compute'], probe: '/ip_addresses' },
});

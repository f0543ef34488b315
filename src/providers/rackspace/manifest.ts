import { defineManifest, no, yes } from '../../domain/manifest.js';

const NETWORKS = 'https://github.com/rackerlabs/docs-cloud-networks/tree/HEAD/api-docs';
const SHARED_IPS = `${NETWORKS}/getting-started/configuring-network-variations`;
const ADDRESS = `${NETWORKS}/api-reference/methods/get-show-ip-address-details-v2.0-ip-addresses-ipaddressid.rst`;

export const rackspace = defineManifest({
  id: 'rackspace',
  title: 'Rackspace Public Cloud',
  docs: SHARED_IPS,
  options: {
    'identity-endpoint': {
      kind: 'url',
      help: 'identity service; UK accounts: https://lon.identity.api.rackspacecloud.com/v2.0/',
      default: 'https://identity.api.rackspacecloud.com/v2.0/',
      identity: true,
      env: ['RS_AUTH_URL'],
    },
    username: { kind: 'string', help: 'user name of the control panel', required: true, identity: true, env: ['RS_USERNAME'] },
    'api-key': { kind: 'secret', help: 'API key of that user; never asks for a passcode', identity: true, env: ['RS_API_KEY'] },
    password: { kind: 'secret', help: 'password of that user, where there is no API key', identity: true },
    passcode: {
      kind: 'secret',
      help: 'one-time passcode, for a password under multi-factor authentication',
      identity: true,
      advanced: true,
    },
    tenant: { kind: 'string', help: 'account number, where the user may act for several', identity: true },
    region: { kind: 'string', help: 'region, e.g. DFW; default: that of the user', identity: true, env: ['RS_REGION_NAME'] },
    network: {
      kind: 'string',
      help: 'network whose ports share the address: PublicNet, or an isolated one by id or name',
      default: 'PublicNet',
      on: ['ip allocate'],
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
    'insecure-http': { kind: 'boolean', help: 'allow plain http, credentials and all', default: false, advanced: true },
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
    updateFloatingIp: no(
      'an address carries no name, description or labels',
      ADDRESS,
      'ip associate adds a server to those that share the address, ip disassociate takes its traffic away',
    ),
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
  holders: 'several',
  timeout: 60,
});

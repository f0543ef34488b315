import { defineManifest, no, yes } from '../../domain/manifest.js';

const WIKI = 'http://docs.hostway.com/index.php';
const ALLOCATE = `${WIKI}/Allocate_Flexible_IP`;
const SERVER_IPS = `${WIKI}/ListServerIPs`;

export const hostway = defineManifest({
  id: 'hostway',
  title: 'Hostway FlexCloud',
  docs: ALLOCATE,
  options: {
    endpoint: { kind: 'url', help: 'API host', default: 'https://api.hostway.com', identity: true, advanced: true },
    username: { kind: 'string', help: 'user name of the control panel', required: true, identity: true },
    password: { kind: 'secret', help: 'password of that user', required: true, identity: true },
    account: { kind: 'string', help: 'account id, where the user may act for several', identity: true },
    'uri-style': {
      kind: 'enum',
      choices: ['auto', 'short', 'account'],
      help: 'with or without /accounts/ID/flexcloud in URIs; auto: with, when account is set',
      default: 'auto',
      advanced: true,
    },
    zone: { kind: 'string', help: 'zone to draw the address from, e.g. AUS001', on: ['ip allocate'] },
    'api-revision': {
      kind: 'enum',
      choices: ['2013-04', '2013-06', '2013-10'],
      help: 'the API as of then: no zone before 2013-06, no account URIs before 2013-10',
      advanced: true,
    },
    'insecure-http': { kind: 'boolean', help: 'allow plain http, credentials and all', default: false, advanced: true },
  },
  oneOf: [],
  supports: {
    account: yes(),
    listFloatingIps: yes(),
    getFloatingIp: yes(),
    allocateFloatingIp: yes({ note: 'IPv4 from the one pool; the provider picks the address' }),
    associateFloatingIp: yes(),
    disassociateFloatingIp: yes(),
    moveFloatingIp: yes({ note: 'off one server, then onto the other; put back when that fails' }),
    updateFloatingIp: no('an address carries no name, description or labels', `${WIKI}/View_Allocated_Flexible_IP`),
    releaseFloatingIp: yes(),
    listPrivateIps: yes({ note: 'the private addresses of servers, read-only' }),
    getPrivateIp: yes(),
    createPrivateIps: no('private addresses come with the server, no call adds one', SERVER_IPS, 'order a server that has one'),
    deletePrivateIp: no('private addresses go with the server, no call removes one', SERVER_IPS),
    listServers: yes({ note: 'suspended servers are not listed; their id works' }),
    getServer: yes(),
    listNetworks: no('the API has no networks', ALLOCATE, 'addresses come from the one pool of a zone'),
    listSubnets: no('the API has no subnets', ALLOCATE, 'addresses come from the one pool of a zone'),
  },
  move: 'stepwise',
  holders: 'one',
  // `acct1001-AUS001-0005` in real answers, `test_server_0013` in the documentation.
  serverIds: /[-_]\d{4}$/,
  timeout: 120,
  api: { services: ['flexcloud', 'root'], probe: '/os-floating-ips' },
});

/** One entry a provider: what the suite needs to know to play its story there. */
import { type ProviderId, providerOf } from '../../src/providers/registry.js';
import { type DialectId, dialects } from '../../src/sandbox/dialects.js';
import { start } from '../../src/sandbox/server.js';
import type { BenchDefinition } from './suite.js';

const sandbox =
  (id: DialectId): BenchDefinition['open'] =>
  async (faults) =>
    start(await dialects[id](), { faults });

export const benches = {
  openstack: {
    provider: providerOf('openstack'),
    open: sandbox('openstack'),
    credential: 'password',
    listPath: '*/v2.0/floatingips',
    allocatePath: '*/v2.0/floatingips',
    login: /\/auth\/tokens$/,
    subnet: 'app',
  },
  hostway: {
    provider: providerOf('hostway'),
    open: sandbox('hostway'),
    credential: 'password',
    listPath: '*/os-floating-ips',
    allocatePath: '*/os-floating-ips',
    login: /^$/,
  },
  rackspace: {
    provider: providerOf('rackspace'),
    open: sandbox('rackspace'),
    credential: 'api-key',
    allocate: { servers: ['web-1', 'web-2'] },
    listPath: '*/v2.0/ip_addresses',
    allocatePath: '*/v2.0/ip_addresses',
    login: /\/v2\.0\/tokens$/,
    subnet: 'app',
  },
  otc: {
    provider: providerOf('otc'),
    open: sandbox('otc'),
    credential: 'password',
    options: { 'bandwidth-size': '10' },
    listPath: '*/publicips',
    allocatePath: '*/publicips',
    login: /\/auth\/tokens$/,
    subnet: 'app',
  },
  rackconnect: {
    provider: providerOf('rackconnect'),
    open: sandbox('rackconnect'),
    credential: 'api-key',
    listPath: '*/public_ips',
    allocatePath: '*/public_ips',
    login: /\/v2\.0\/tokens$/,
  },
  nova: {
    provider: providerOf('nova'),
    open: sandbox('nova'),
    credential: 'password',
    listPath: '*/os-floating-ips',
    allocatePath: '*/os-floating-ips',
    login: /\/auth\/tokens$/,
  },
} satisfies Record<ProviderId, BenchDefinition>;

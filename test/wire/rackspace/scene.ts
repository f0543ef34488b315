/** What the tests of this folder share: the reference's two servers, their login, and a server for requests made side by side. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from '../../../src/providers/rackspace/driver.js';
import { rackspace } from '../../../src/providers/rackspace/manifest.js';
import { type Bench, type BenchSettings, bench } from '../../support/bench.js';
import type { Exchange } from '../../support/script.js';

export const PUBLIC = '00000000-0000-0000-0000-000000000000';
export const BACKEND = 'b1c6d9e0-52f7-4a18-93be-0f4e6d7c8a21';
export const WEB_A = '8a3c6e52-1f0b-4d4c-9a51-3f6f0a7d1c01';
export const WEB_B = '8a3c6e52-1f0b-4d4c-9a51-3f6f0a7d1c02';
export const PORT_A = '5d1e7b60-2c3a-4f7e-8b11-6a9d00c40a01';
export const PORT_B = '5d1e7b60-2c3a-4f7e-8b11-6a9d00c40b02';
export const IP = 'c7f0a9d4-3b2e-4c68-9f15-2e8d5b7a6f10';
export const ZONE = '3fd21c90b7a64e58d1c07b3e94a5f6182ce0d97ab43f5061728394a5';
export const TOKEN = '5f6e0c1b2a394857b1a2c3d4e5f60718';
export const API_KEY = '0123456789abcdef0123456789abcdef';

export const ipObject = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: IP,
  network_id: PUBLIC,
  address: '203.0.113.60',
  ip_address: '203.0.113.60',
  port_ids: [PORT_A, PORT_B],
  subnet_id: '77e2b1c8-0d54-4a3f-8e26-91c3f5a70d12',
  tenant_id: '123456',
  version: 4,
  type: 'shared',
  ...changes,
});

export const serverObject = (id: string, name: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id,
  name,
  status: 'ACTIVE',
  tenant_id: '123456',
  addresses: {
    public: [
      { addr: '203.0.113.11', version: 4 },
      { addr: '2001:db8:10::11', version: 6 },
    ],
    private: [{ addr: '10.20.0.11', version: 4 }],
  },
  'RAX-PUBLIC-IP-ZONE-ID:publicIPZoneId': ZONE,
  ...changes,
});

export const portObject = (
  id: string,
  device: string | null,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  id,
  name: '',
  network_id: PUBLIC,
  tenant_id: '123456',
  status: 'ACTIVE',
  device_id: device,
  device_owner: device === null ? null : 'compute:None',
  fixed_ips: [{ subnet_id: '77e2b1c8-0d54-4a3f-8e26-91c3f5a70d12', ip_address: '203.0.113.11' }],
  ...changes,
});

/** The published answer of the identity service: both compute services, networks without a tenant. */
export const access = (origin: string, changes: { readonly token?: object; readonly user?: object } = {}): unknown => ({
  access: {
    token: {
      id: TOKEN,
      expires: '2030-01-02T16:24:57.637Z',
      tenant: { id: '123456', name: '123456' },
      'RAX-AUTH:authenticatedBy': ['APIKEY'],
      ...changes.token,
    },
    serviceCatalog: [
      {
        name: 'cloudServers',
        type: 'compute',
        endpoints: [{ tenantId: '123456', publicURL: `${origin}/first-generation/v1.0/123456` }],
      },
      {
        name: 'cloudServersOpenStack',
        type: 'compute',
        endpoints: [
          { region: 'ORD', tenantId: '123456', publicURL: `${origin}/ord/v2/123456` },
          { region: 'DFW', tenantId: '123456', publicURL: `${origin}/v2/123456/` },
        ],
      },
      {
        name: 'cloudNetworks',
        type: 'network',
        endpoints: [
          { region: 'ORD', tenantId: '123456', publicURL: `${origin}/ord/v2.0` },
          { region: 'DFW', tenantId: '123456', publicURL: `${origin}/v2.0` },
        ],
      },
    ],
    user: { id: '987654', name: 'demo', 'RAX-AUTH:defaultRegion': 'DFW', roles: [], ...changes.user },
  },
});

export const login = (origin: string): Exchange => ({
  source: 'authentication with an API key',
  request: {
    line: 'POST /identity/v2.0/tokens',
    headers: { 'x-auth-token': null, accept: 'application/json', 'content-type': 'application/json' },
    body: { auth: { 'RAX-KSKEY:apiKeyCredentials': { username: 'demo', apiKey: API_KEY } } },
  },
  reply: { status: 200, body: access(origin) },
});

/** A change to '' takes an option away. */
export const optionsAt = (origin: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      'identity-endpoint': `${origin}/identity/v2.0/`,
      username: 'demo',
      'api-key': API_KEY,
      region: 'dfw',
      ...changes,
    }).filter(([, value]) => value !== ''),
  );

export const benchAt = (origin: string, { options, ...rest }: Partial<BenchSettings> = {}): Bench =>
  bench(rackspace, connect, { ...rest, options: optionsAt(origin, options) });

export interface Routes {
  readonly origin: string;
  /** Request lines as they came, without the login. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

export type Answer = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };

/** A list is used up, but for its last answer. */
export type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

/** Answers each request by its line, in whatever order they come, and one of several in turn; anything else is a 418. */
export async function routes(answers: Answers): Promise<Routes> {
  const lines: string[] = [];
  let origin = '';
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      const isLogin = line.endsWith('/tokens');
      const turn = lines.filter((earlier) => earlier === line).length;
      if (!isLogin) lines.push(line);
      const given = answers[line] ?? { status: 418 };
      const mine = Array.isArray(given) ? given[Math.min(turn, given.length - 1)] : given;
      const { status = 200, headers = {}, body }: Answer = isLogin ? { body: access(origin) } : mine;
      response.writeHead(status, headers);
      response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    lines,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

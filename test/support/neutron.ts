/**
 * As much of OpenStack as a list of floating IPs asks for, of any size, in the test's own process. It is paged as Neutron pages:
 * by `limit` and `marker`, with a link to the next page. Nothing is kept of what it answers.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface NeutronSettings {
  /** Floating IPs, each held by one of a few servers. At most 65,536 differ in their address. */
  readonly count: number;
  /** The first two octets of its addresses; `10.0` unless given. */
  readonly prefix?: string;
  /** Called once a page of floating IPs is asked for. The answer waits for it, and is an error with the status that it resolves to. */
  readonly page?: (first: number) => Promise<number | undefined> | undefined;
}

export interface Neutron {
  /** What a profile of it holds. */
  readonly options: Readonly<Record<string, string>>;
  /** Pages of floating IPs asked for so far. */
  pages(): number;
  close(): Promise<void>;
}

const SERVERS = 50;
/** Far ahead: no token of it ends while a test runs. */
const EXPIRES = '2099-01-01T00:00:00Z';

const numbered = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const serverOf = (index: number): string => numbered(900_000_000 + (index % SERVERS));

const record = (index: number, prefix: string) => ({
  id: numbered(index),
  floating_ip_address: `${prefix}.${(index >> 8) & 255}.${index & 255}`,
  status: 'ACTIVE',
  floating_network_id: numbered(800_000_000),
  project_id: 'p',
  port_id: numbered(100_000_000 + index),
  port_details: { device_id: serverOf(index), device_owner: 'compute:nova', status: 'ACTIVE', name: '', network_id: 'n' },
  fixed_ip_address: `192.168.${(index >> 8) & 255}.${index & 255}`,
  router_id: numbered(700_000_000),
  description: `address number ${index}`,
  tags: ['env=test'],
  created_at: '2026-01-02T03:04:05Z',
  updated_at: '2026-01-02T03:04:05Z',
  revision_number: 3,
});

export async function neutron({ count, prefix = '10.0', page }: NeutronSettings): Promise<Neutron> {
  let asked = 0;
  const reply = (response: ServerResponse, status: number, body: unknown): void => {
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'x-subject-token': 't' });
    response.end(text);
  };
  const server = createServer(async (request, response) => {
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? '', origin);
    const endpoint = (type: string, path: string) => ({
      type,
      name: type,
      endpoints: [{ interface: 'public', region: 'R', region_id: 'R', url: `${origin}${path}` }],
    });
    if (pathname === '/v3/auth/tokens') {
      const catalog = [endpoint('network', '/network'), endpoint('compute', '/compute/v2.1')];
      const token = { catalog, expires_at: EXPIRES, project: { id: 'p', name: 'p' }, user: { id: 'u', name: 'u' }, roles: [] };
      return reply(response, 201, { token });
    }
    if (pathname.startsWith('/compute/')) {
      const servers = Array.from({ length: SERVERS }, (_, index) => ({ id: serverOf(index), name: `web-${index}` }));
      return reply(response, 200, { servers });
    }
    if (pathname !== '/network/v2.0/floatingips') return reply(response, 404, { NeutronError: { type: 'NotFound', message: pathname } });
    const marker = searchParams.get('marker');
    const first = marker === null ? 0 : Number(marker.slice(-12)) + 1;
    const size = Math.min(Number(searchParams.get('limit') ?? count), count - first);
    asked += 1;
    const status = await page?.(first);
    if (status !== undefined) return reply(response, status, { NeutronError: { type: 'Refused', message: 'refused', detail: '' } });
    const floatingips = Array.from({ length: size }, (_, index) => record(first + index, prefix));
    const next = new URL(request.url ?? '', origin);
    next.searchParams.set('marker', numbered(first + size - 1));
    const more = first + size < count ? { floatingips_links: [{ rel: 'next', href: next.href }] } : {};
    reply(response, 200, { floatingips, ...more });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    options: {
      'auth-url': `${origin}/v3`,
      username: 'u',
      password: 'p',
      'user-domain-name': 'd',
      'project-name': 'p',
      'project-domain-name': 'd',
    },
    pages: () => asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

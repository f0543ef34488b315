/** The sandbox of Rackspace over raw HTTP: what comes before what at the gateway, and addresses at the end of their life. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import { API_KEYS, networkId, PUBLIC_NET, portId, serverId } from '../../src/sandbox/dialects/rackspace/cloud.js';
import { rackspace } from '../../src/sandbox/dialects/rackspace/rackspace.js';
import { start } from '../../src/sandbox/server.js';

const NOVA = '/servers/v2/123456';
const IPS = '/networks/v2.0/ip_addresses';
const WEB_1 = serverId('web-1');
const WEB_2 = serverId('web-2');
const BUILD_1 = serverId('worker-1');
const P1 = portId('web-1', 'public');
const P2 = portId('web-2', 'public');
const P3 = portId('worker-1', 'public');
const FAR = portId('worker-2', 'public');
const BACK = [portId('web-1', 'backend'), portId('web-2', 'backend')];
const BOTH = [P1, P2];

interface Reply {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at replies of many shapes
  readonly json: any;
  readonly mark: string | null;
}
type Send = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Reply>;

async function scene(play: (as: (user: keyof typeof API_KEYS) => Promise<Send>) => Promise<void>, knobs: Record<string, unknown> = {}) {
  const sandbox = await start(rackspace, { knobs });
  const send: Send = async (method, path, body, headers = {}) => {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(sandbox.origin + path, {
      method,
      headers: { accept: 'application/json', ...type, ...headers },
      ...content,
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : undefined;
    return { status: response.status, text, json, mark: sandbox.journal().at(-1)?.mark ?? null };
  };
  try {
    await play(async (username) => {
      const credentials = { auth: { 'RAX-KSKEY:apiKeyCredentials': { username, apiKey: API_KEYS[username] } } };
      const token: string = (await send('POST', '/identity/v2.0/tokens', credentials)).json.access.token.id;
      return (method, path, body, headers) => send(method, path, body, { 'x-auth-token': token, ...headers });
    });
  } finally {
    await sandbox.close();
  }
}

const ask = (ports: readonly unknown[], more: object = {}) => ({
  ip_address: { network_id: PUBLIC_NET, version: 4, port_ids: ports, ...more },
});
const portList = (...ports: readonly string[]) => ({ ip_address: { port_ids: ports } });
const association = (server: string, ip: string): string => `${NOVA}/servers/${server}/ip_associations/${ip}`;
const detailOf = ({ json }: Reply): string => /<br \/><br \/>\n(.*)\n\n$/s.exec(json.message)?.[1] ?? assert.fail(JSON.stringify(json));
const faultOf = ({ json }: Reply): string | undefined => Object.keys(json ?? {})[0];

async function provide(send: Send, body: object = ask(BOTH)): Promise<string> {
  const reply = await send('POST', IPS, body);
  assert.equal(reply.status, 201, reply.text);
  return reply.json.ip_address.id;
}

describe('what comes before what', () => {
  test('the rate, then the token, then the tenant, then the role, then the path', async () => {
    const strange = '/servers/v2/654321/nonsense';
    const rule = { verb: 'DELETE', uri: '*', limit: 0, unit: 'MINUTE', service: 'servers' };
    await scene(
      async (as) => {
        const observer = await as('observer');
        const steps = [
          // Everything is wrong with it, but the gateway counts first.
          [await observer('DELETE', strange, undefined, { 'x-auth-token': 'f00' }), 413, 'overLimit'],
          [await observer('PUT', strange, undefined, { 'x-auth-token': 'f00' }), 401, 'unauthorized'],
          [await observer('PUT', strange), 403, 'forbidden'],
          [await observer('PUT', `${NOVA}/servers/${uuid('nobody')}/ip_associations/${uuid('nothing')}`), 403, 'forbidden'],
          [await observer('PUT', `${NOVA}/nonsense`), 404, undefined],
        ] as const;
        for (const [reply, status, fault] of steps) assert.deepEqual([reply.status, faultOf(reply)], [status, fault], reply.text);
      },
      { rateLimit: [rule] },
    );
  });

  test('a provision: network before ports, ports before their network, network before zone, zone before numbers', () =>
    scene(
      async (as) => {
        const send = await as('demo');
        const nobody = uuid('nobody');
        const rows: readonly (readonly [body: object, status: number, detail: RegExp])[] = [
          [ask([nobody, nobody], { network_id: nobody }), 404, /^Network .* could not be found\.$/],
          [ask([nobody, BACK[0]]), 404, /^Not all ports/],
          [ask([FAR, BACK[0]]), 400, /Must have ports connected/],
          [ask([P1, FAR]), 400, /Segment id's do not match/],
          [ask(BOTH, { ip_address: '999' }), 409, /^Cannot create more shared IPs/],
        ];
        for (const [body, status, detail] of rows) {
          const reply = await send('POST', IPS, body);
          assert.equal(reply.status, status, reply.text);
          assert.match(detailOf(reply), detail);
        }
      },
      { sharedQuota: 0 },
    ));

  test('a change of ports: the address before its ports, and their zone before the number they may hold', () =>
    scene(
      async (as) => {
        const send = await as('demo');
        const ip = await provide(send);
        await send('PUT', association(WEB_1, ip));
        for (const [ports, status, detail] of [
          [[P2, FAR], 400, /Segment id's do not match/],
          [[P2, P3], 409, /^Cannot add more IPs to port$/],
        ] as const) {
          const reply = await send('PUT', `${IPS}/${ip}`, portList(...ports));
          assert.equal(reply.status, status, reply.text);
          assert.match(detailOf(reply), detail);
        }
      },
      { portQuota: 3 },
    ));
});

describe('an address that was given back', () => {
  test('is nobody’s to show, change, associate, disassociate or give back', () =>
    scene(async (as) => {
      const send = await as('demo');
      const ip = await provide(send);
      assert.equal((await send('DELETE', `${IPS}/${ip}`)).status, 204);
      for (const [method, path, body] of [
        ['GET', `${IPS}/${ip}`],
        ['PUT', `${IPS}/${ip}`, portList(P1)],
        ['DELETE', `${IPS}/${ip}`],
        ['GET', association(WEB_1, ip)],
        ['PUT', association(WEB_1, ip)],
        ['POST', association(WEB_1, ip), { ip_address: { network_id: PUBLIC_NET, version: '4' } }],
        ['DELETE', association(WEB_1, ip)],
      ] as const) {
        const reply = await send(method, path, body);
        assert.deepEqual([reply.status, reply.mark], [404, null], `${method} ${path}`);
      }
      for (const query of [`id=${ip}`, 'type=shared', 'service=none&type=shared']) {
        assert.deepEqual((await send('GET', `${IPS}?${query}`)).json.ip_addresses, [], query);
      }
    }));
});

describe('associations of one address', () => {
  test('any number of servers hold it, and each leaves for itself', () =>
    scene(async (as) => {
      const send = await as('demo');
      const ip = await provide(send, ask([P1, P2, P3]));
      const listed = async (query: string): Promise<boolean> =>
        (await send('GET', `${IPS}?type=shared&service=${query}`)).json.ip_addresses.some(({ id }: { id: string }) => id === ip);
      const seen = async () => [await listed('compute'), await listed('none')];
      assert.deepEqual(await seen(), [false, true]);
      for (const server of [WEB_1, WEB_2]) assert.equal((await send('PUT', association(server, ip))).status, 201);
      assert.deepEqual(await seen(), [true, true], 'one of three is not associated');
      assert.equal((await send('PUT', `${IPS}/${ip}`, portList(...BOTH))).status, 200);
      assert.deepEqual(await seen(), [true, false], 'the one without went, and all that are left are');
      assert.equal((await send('DELETE', association(WEB_1, ip))).status, 204);
      assert.equal((await send('GET', association(WEB_1, ip))).status, 404);
      assert.equal((await send('GET', association(WEB_2, ip))).status, 200);
      assert.equal((await send('DELETE', association(BUILD_1, ip))).status, 404, 'no longer linked');
      assert.equal((await send('PUT', association(BUILD_1, ip))).status, 404);
    }));

  test('a server’s filter and a service’s are tested each for itself', () =>
    scene(async (as) => {
      const send = await as('demo');
      const ip = await provide(send);
      await send('PUT', association(WEB_1, ip));
      const { ip_addresses: found } = (await send('GET', `${IPS}?device_id=${WEB_2}&service=compute`)).json;
      assert.deepEqual(
        found.map(({ id }: { id: string }) => id),
        [ip],
      );
    }));

  test('on an isolated network too', () =>
    scene(async (as) => {
      const send = await as('demo');
      const ip = await provide(send, ask(BACK, { network_id: networkId('backend') }));
      const reply = await send('PUT', association(WEB_2, ip));
      assert.deepEqual([reply.status, reply.json.ip_association.id], [201, ip]);
      const post = { ip_address: { network_id: PUBLIC_NET, version: '4' } };
      assert.equal((await send('POST', association(WEB_1, ip), post)).status, 400, 'the body names another network');
    }));
});

/** The whole life of addresses at the sandbox, with each way to authenticate and with states that take their time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import type { Run } from '../../../src/operations/run.js';
import { START } from '../../support/clock.js';
import type { Exchange } from '../../support/script.js';
import { EIP, eip, failing, freeIp, mutations, PORT, PROJECT, request, scripted, simulated } from './cloud.js';

const spec = { version: 4, labels: {}, servers: [], ports: [], mark: 'm-0001' } as const;

async function story(driver: Run['driver']): Promise<void> {
  assert.deepEqual(await collect(verb(driver, 'listFloatingIps')({ serverNames: true })), []);
  const [one, two] = await collect(verb(driver, 'listServers')({}));
  assert.ok(one !== undefined && two !== undefined);
  assert.equal((await verb(driver, 'getServer')(one.id)).name, one.name);

  const made = await verb(driver, 'allocateFloatingIp')({ ...spec, name: 'front', labels: { env: 'prod' } });
  assert.deepEqual([made.state, made.name, made.labels, made.mark, made.pool], ['free', 'front', { env: 'prod' }, 'm-0001', '5_bgp']);
  const shown = await verb(driver, 'getFloatingIp')({ id: made.id });
  assert.deepEqual(shown, made);

  const held = await verb(driver, 'associateFloatingIp')(shown, { servers: [one], ports: [] });
  assert.deepEqual(held.associations[0]?.server, { id: one.id, name: one.name });
  assert.equal(held.associations[0]?.privateAddress, one.addresses[0]);
  const [listed] = await collect(verb(driver, 'listFloatingIps')({ serverNames: true }));
  assert.deepEqual([listed?.associations, listed?.labels], [held.associations, { env: 'prod' }]);
  assert.deepEqual((await verb(driver, 'getFloatingIp')({ address: made.address ?? '' })).associations, held.associations);

  const moved = await verb(driver, 'moveFloatingIp')(held, { servers: [two], ports: [] });
  assert.deepEqual([moved.state, moved.associations[0]?.server?.name], ['associated', two.name]);
  const renamed = await verb(driver, 'updateFloatingIp')(moved, { name: 'back', labels: { tier: '1' } });
  assert.deepEqual([renamed.name, renamed.labels, renamed.associations], ['back', { tier: '1' }, moved.associations]);
  const free = await verb(driver, 'disassociateFloatingIp')(renamed, renamed.associations);
  assert.deepEqual([free.state, free.associations, free.labels], ['free', [], { tier: '1' }]);

  // By its port alone: the holder's name is looked up.
  const port = held.associations[0]?.port ?? '';
  const back = await verb(driver, 'associateFloatingIp')(free, { servers: [], ports: [port], privateAddress: one.addresses[0] ?? '' });
  assert.deepEqual(back.associations, held.associations);
  await verb(driver, 'releaseFloatingIp')(await verb(driver, 'disassociateFloatingIp')(back, back.associations));
  await failing('not-found', verb(driver, 'getFloatingIp')({ id: made.id }));

  const [chosen, automatic] = await verb(
    driver,
    'createPrivateIps',
  )([
    { subnet: 'app', address: '192.168.1.17', mark: 'm-1' },
    { subnet: 'app', mark: 'm-2' },
  ]);
  assert.ok(chosen !== undefined && automatic !== undefined);
  assert.deepEqual([chosen.address, chosen.state, automatic.state], ['192.168.1.17', 'free', 'free']);
  const all = await collect(verb(driver, 'listPrivateIps')({}));
  assert.ok([chosen, automatic].every(({ id }) => all.some((ip) => ip.id === id)));
  assert.equal(all.find((ip) => ip.id === port)?.server?.name, one.name);
  const nic = await verb(driver, 'getPrivateIp')({ address: one.addresses[0] ?? '' });
  assert.deepEqual([nic.id, nic.server, nic.usedBy, nic.state], [port, { id: one.id, name: one.name }, 'server', 'used']);
  assert.deepEqual(await verb(driver, 'getPrivateIp')({ id: chosen.id }), chosen);
  await failing('conflict', verb(driver, 'deletePrivateIp')(nic));
  for (const ip of [chosen, automatic]) await verb(driver, 'deletePrivateIp')(ip);
  await failing('not-found', verb(driver, 'getPrivateIp')({ address: '192.168.1.17', subnet: 'app' }));

  const [networks, subnets] = [await collect(verb(driver, 'listNetworks')()), await collect(verb(driver, 'listSubnets')())];
  for (const { network } of subnets) assert.ok(networks.some(({ id }) => id === network));
}

test('an address lives its whole life, by user and password', async () => {
  await simulated(async ({ run, traced, events }, sandbox) => {
    await run(story);
    const text = traced.join('\n') + JSON.stringify(events);
    assert.ok(text.length > 1000);
    assert.ok(!text.includes(sandbox.options.password ?? '?'));
    const logins = sandbox.journal().filter(({ path }) => path.endsWith('/auth/tokens'));
    assert.equal(logins.length, 1);
  });
});

const LOGIN = ['username', 'password', 'domain-name'];
const KEY = { 'access-key': 'OTCSANDBOXACCESSKEY1', 'secret-key': 'otc-sandbox-secret-key-0000000000000001' };
const TEMPORARY = {
  'access-key': 'OTCSANDBOXTEMPORARY1',
  'secret-key': 'otc-sandbox-secret-key-0000000000000002',
  'security-token': 'OTC-SANDBOX-SECURITY-TOKEN',
};

test('the same by access key, permanent or temporary, with signatures of either dialect', async () => {
  for (const [key, signature] of [
    [KEY, 'a'],
    [KEY, 'b'],
    [TEMPORARY, 'auto'],
  ] as const) {
    await simulated(
      async ({ run, traced }, sandbox) => {
        await run(story);
        for (const secret of Object.values(key).slice(1)) assert.ok(!traced.join('\n').includes(secret));
        assert.equal(sandbox.journal().filter(({ path }) => path.startsWith('/iam')).length, 1, 'the project is asked for once');
      },
      { options: { ...key, signature }, without: LOGIN, knobs: { now: START } },
    );
  }
});

test('a wrong secret key is refused, and not tried again: that would lock the key', async () => {
  await simulated(
    async ({ run }, sandbox) => {
      const error = await failing(
        'auth',
        run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: false }))),
      );
      assert.match(error.message, /verify aksk signature fail \(otc 401 APIGW?\.0301, request [0-9a-f]{32}\)/);
      assert.equal(sandbox.journal().length, 1);
    },
    { options: { ...KEY, 'secret-key': 'another-secret-key-000000' }, without: LOGIN, knobs: { now: START } },
  );
});

test('a second factor opens the door, and a user who may only read is told so', async () => {
  await simulated(({ run }) => run(async (driver) => void (await verb(driver, 'account')())), {
    options: { username: 'careful', password: 'careful-secret', passcode: '492816' },
  });
  await simulated(
    async ({ run }) => {
      const error = await failing(
        'auth',
        run((driver) => verb(driver, 'allocateFloatingIp')(spec)),
      );
      assert.match(error.message, /VPC\.2201/);
      assert.equal(error.details.operation?.state, 'not-applied');
    },
    { options: { username: 'reader', password: 'reader-secret' } },
  );
});

test('states that take their time are waited out', async () => {
  await simulated(({ run }) => run(story), { knobs: { slowStates: 2 } });
});

test('messages of the older revision, wrapped in the backend’s own words, are read all the same', async () => {
  await simulated(({ run }) => run(story), { knobs: { messageRevision: 'old', nestedMessages: true } });
});

test('a list stops when nobody wants more of it', async () => {
  await simulated(async ({ run }, sandbox) => {
    await run(async (driver) => {
      for await (const _ of verb(driver, 'listServers')({})) break;
    });
    assert.deepEqual(mutations(sandbox), []);
    assert.equal(sandbox.journal().filter(({ path }) => path.includes('cloudservers')).length, 1);
  });
});

/** Another machine acts between our requests: by ports, since nothing has to be looked up for them. */
const path = `/v1/${PROJECT}/publicips/${EIP}`;
const held = { id: null, server: { id: 's', name: 'web-01' }, port: PORT, privateAddress: null, certain: true };
const [mine, theirs] = ['port-of-mine', 'port-of-theirs'];
const at = (port?: string): object => ({ publicip: port === undefined ? eip() : eip({ status: 'ACTIVE', port_id: port }) });
const show = (port?: string): Exchange => ({ source: 'show', request: request(`GET ${path}`), reply: { status: 200, body: at(port) } });
const bind = (port: string, reply: Exchange['reply']): Exchange => ({
  source: 'bind or unbind',
  request: request(`PUT ${path}`, { publicip: { port_id: port } }),
  reply,
});
const ok = (port?: string): Exchange['reply'] => ({ status: 200, body: at(port) });
const taken = { status: 409, body: { code: 'VPC.0510', message: 'EIP has already been bound to a port.' } };

test('two machines move one address: whoever loses reports the true holder and undoes nothing', async () => {
  const races: readonly (readonly Exchange[])[] = [
    // They bound it between our unbind and our bind.
    [show(PORT), bind('', ok()), bind(mine, taken), show(theirs)],
    // They took it from us after our bind.
    [show(PORT), bind('', ok()), bind(mine, ok(mine)), show(theirs)],
    // They were there before us.
    [show(theirs)],
  ];
  for (const exchanges of races) {
    await scripted(exchanges, async ({ run }) => {
      const error = await failing(
        'conflict',
        run((driver) => verb(driver, 'moveFloatingIp')(freeIp({ associations: [held] }), { servers: [], ports: [mine] })),
      );
      assert.match(error.message, /203\.0\.113\.24 is associated with port port-of-theirs meanwhile/);
    });
  }
});

test('a bind that fails goes back; when that fails too, it is told that nobody holds the address', async () => {
  const broken = { status: 400, body: { code: 'VPC.0501', message: 'Port id is invalid.' } };
  const cases: readonly (readonly [Exchange['reply'], RegExp])[] = [
    [ok(PORT), /Port id is invalid .*; it is back on web-01$/],
    [broken, /; it could not be put back on web-01 \(Port id is invalid/],
  ];
  for (const [reply, message] of cases) {
    const exchanges = [show(PORT), bind('', ok()), bind(mine, broken), show(), bind(PORT, reply)];
    await scripted(exchanges, async ({ run }) => {
      const error = await failing(
        'usage',
        run((driver) => verb(driver, 'moveFloatingIp')(freeIp({ associations: [held] }), { servers: [], ports: [mine] })),
      );
      assert.match(error.message, message);
      assert.equal(error.details.operation?.state, 'partial');
    });
  }
});

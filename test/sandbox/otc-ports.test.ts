/** Native ports of the sandbox of Open Telekom Cloud. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP, APP_NEUTRON, check, type Json, NIC1, NIC2, NOBODY, type Row, WEB1, world } from './otc-caller.js';

test('ports: creation, change and deletion', async (t) => {
  const cloud = await world(t);
  const ports = '/vpc/v2.0/ports';
  const port = (fields: Json) => ({ port: { network_id: APP, ...fields } });
  const fixed = (address: string, subnet: string = APP_NEUTRON) => port({ fixed_ips: [{ subnet_id: subnet, ip_address: address }] });
  await check(cloud, [
    ['POST', ports, { port: {} }, 400, 'InvalidInput', 'marked'],
    ['POST', ports, {}, 400, 'InvalidInput', 'marked'],
    ['POST', ports, { port: { network_id: NOBODY } }, 404, 'NetworkNotFound', 'clean'],
    ['POST', ports, { port: { network_id: APP_NEUTRON } }, 404, 'NetworkNotFound', 'marked'],
    ['POST', ports, fixed('192.168.1.90', NOBODY), 404, 'SubnetNotFound', 'clean'],
    ['POST', ports, fixed('192.168.1.90', APP), 404, 'SubnetNotFound', 'marked'],
    ['POST', ports, port({ fixed_ips: [{}, {}] }), 400, 'InvalidInput', 'marked'],
    ['POST', ports, fixed('192.168.1.11'), 409, 'IpAddressInUse', 'clean'],
    ['POST', ports, fixed('10.9.9.9'), 400, 'InvalidIpForSubnet', 'clean'],
    ['POST', ports, fixed('x'), 400, 'InvalidInput', 'marked'],
    ['POST', ports, port({ device_owner: 'compute:eu-de-01' }), 400, 'InvalidInput', 'marked'],
    ['POST', ports, port({ allowed_address_pairs: [{ ip_address: '0.0.0.0/0' }] }), 400, 'InvalidInput', 'marked'],
    ['POST', ports, port({ colour: 'red' }), 201, undefined, 'marked'],
    ['GET', `${ports}/${NOBODY}`, undefined, 404, 'PortNotFound', 'clean'],
    ['GET', `${ports}/192.168.1.11`, undefined, 404, 'PortNotFound', 'marked'],
    ['DELETE', `${ports}/${NIC1}`, undefined, 409, 'PortInUse', 'clean'],
    ['DELETE', `${ports}/${NOBODY}`, undefined, 404, 'PortNotFound', 'clean'],
    ...['fixed_ips', 'device_owner', 'device_id', 'mac_address'].map(
      (name): Row => ['PUT', `${ports}/${NIC1}`, { port: { [name]: '' } }, 400, 'InvalidInput', 'marked'],
    ),
    ['PUT', `${ports}/${NIC1}`, { port: { name: 'nic' } }, 200, undefined, 'clean'],
  ]);
  const two = await cloud.ask('POST', ports, port({ fixed_ips: [{}, {}] }));
  assert.equal(two.json.NeutronError.message, 'One port can only set one ipaddress');
  assert.match(two.headers.get('x-openstack-request-id') ?? '', /^req-[0-9a-f-]{36}$/);
});

test('ports: filters, pages and links', async (t) => {
  const cloud = await world(t);
  const ports = '/vpc/v2.0/ports';
  const list = async (query: string) => (await cloud.ask('GET', `${ports}?${query}`)).json;
  const ids = async (query: string) => (await list(query)).ports.map((row: Json) => row.id);
  assert.deepEqual(await ids(`device_id=${WEB1}`), [NIC1]);
  assert.deepEqual(await ids('fixed_ips=ip_address%3D192.168.1.12'), [NIC2]);
  assert.deepEqual(await ids(`fixed_ips=subnet_id%3D${APP_NEUTRON}&fixed_ips=ip_address%3D192.168.1.11`), [NIC1]);
  assert.deepEqual((await ids(`network_id=${APP}&device_owner=compute:eu-de-01`)).sort(), [NIC1, NIC2].sort());
  const shown = (await cloud.ask('GET', `${ports}/${NIC1}`)).json.port;
  assert.deepEqual(
    [shown['binding:vif_details'], shown.device_owner, shown.fixed_ips],
    [{ primary_interface: true }, 'compute:eu-de-01', [{ subnet_id: APP_NEUTRON, ip_address: '192.168.1.11' }]],
  );
  const all = await ids('');
  assert.deepEqual(all, [...all].sort());
  const rels = (links: Json[]) => links.map((link) => link.rel);
  assert.deepEqual(rels((await list('')).ports_links), ['previous']);
  const first = await list('limit=2');
  assert.deepEqual(rels(first.ports_links), ['next', 'previous']);
  assert.match(first.ports_links[0].href, new RegExp(`limit=2&marker=${all[1]}`));
  assert.deepEqual(await ids(`limit=2&marker=${all[1]}`), all.slice(2, 4));
  assert.deepEqual(await ids(`limit=2&marker=${all[3]}&page_reverse=True`), all.slice(1, 3));
  const last = await list(`limit=2&marker=${all.at(-2)}`);
  assert.deepEqual(rels(last.ports_links), ['previous']);
  assert.deepEqual(cloud.marks(), []);
  await check(cloud, [
    ['GET', `${ports}?marker=${NOBODY}`, undefined, 400, 'InvalidInput', 'clean'],
    ['GET', `${ports}?limit=2001`, undefined, 400, 'InvalidInput', 'marked'],
    ['GET', `${ports}?fixed_ips=192.168.1.11`, undefined, 400, 'InvalidInput', 'marked'],
    ['GET', `${ports}?device_id=192.168.1.11`, undefined, 200, undefined, 'marked'],
    ['GET', `${ports}?colour=red`, undefined, 200, undefined, 'marked'],
  ]);
});

test('ports: native errors, to the letter', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const ports = '/vpc/v2.0/ports';
  const make = (address?: string, subnet = APP_NEUTRON, network = APP) => ({
    port: { network_id: network, ...(address === undefined ? {} : { fixed_ips: [{ subnet_id: subnet, ip_address: address }] }) },
  });
  const inUse = `Unable to complete operation for network ${APP}. The IP address 192.168.1.11 is in use.`;
  const busy = `Unable to complete operation on port ${NIC1} for network ${APP}. The port is in use.`;
  const rows = [
    ['POST', ports, make('192.168.1.11'), 409, 'IpAddressInUse', inUse],
    ['POST', ports, make('10.9.9.9'), 400, 'InvalidIpForSubnet', 'IP address 10.9.9.9 is not a valid IP for the specified subnet.'],
    [
      'POST',
      ports,
      make('192.168.1.254'),
      400,
      'InvalidIpForSubnet',
      'IP address 192.168.1.254 is not a valid IP for the specified subnet.',
    ],
    ['POST', ports, make('192.168.1.90', NOBODY), 404, 'SubnetNotFound', `Subnet ${NOBODY} could not be found.`],
    ['POST', ports, make(undefined, APP_NEUTRON, NOBODY), 404, 'NetworkNotFound', `Network ${NOBODY} could not be found.`],
    ['GET', `${ports}/${NOBODY}`, undefined, 404, 'PortNotFound', `Port ${NOBODY} could not be found.`],
    ['DELETE', `${ports}/${NIC1}`, undefined, 409, 'PortInUse', busy],
  ] as const;
  for (const [method, path, body, status, type, message] of rows) {
    const reply = await cloud.ask(method, path, body);
    assert.deepEqual([reply.status, reply.json, reply.mark], [status, { NeutronError: { type, message, detail: '' } }, null]);
  }
  knobs.portQuota = 3;
  for (const body of [make(), make('192.168.1.90')]) {
    const over = await cloud.ask('POST', ports, body);
    assert.deepEqual([over.status, over.json.NeutronError.type], [409, 'OverQuota']);
    assert.equal(over.json.NeutronError.message, "Quota exceeded for resources: ['port'].");
  }
  assert.equal((await cloud.ask('POST', ports, make('192.168.1.11'))).code, 'IpAddressInUse', 'a conflict comes before the quota');
  knobs.portQuota = 1000;
  assert.equal((await cloud.ask('POST', ports, make())).status, 201);
});

test('ports: 409 here is 500 through the private IPs, for the same address', async (t) => {
  const cloud = await world(t);
  await check(cloud, [
    ['POST', '/vpc/v2.0/ports', { port: { network_id: APP, fixed_ips: [{ ip_address: '192.168.1.12' }] } }, 409, 'IpAddressInUse', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', { privateips: [{ subnet_id: APP, ip_address: '192.168.1.12' }] }, 500, 'VPC.0701', 'clean'],
  ]);
});

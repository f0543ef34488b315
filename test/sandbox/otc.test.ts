/** The sandbox of Open Telekom Cloud as a whole: separation of projects, a walk-through, repeatable answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import { hexId } from '../../src/sandbox/dialects/otc/cloud.js';
import { otc } from '../../src/sandbox/dialects/otc/otc.js';
import { APP, allocate, check, demo, eip, type Json, NIC1, NOW, privateIp, ready, reserveBody, WEB1, world } from './otc-caller.js';
import { alter, sign } from './otc-signing.js';

test('one project does not see the other', async (t) => {
  const cloud = await world(t);
  const project = hexId('project/eu-de_other');
  const login = await cloud.login(
    { name: 'other', password: 'other-secret', domain: { name: 'OTC-SANDBOX' } },
    { project: { name: 'eu-de_other' } },
  );
  const how = { token: login.headers.get('x-subject-token') };
  const id = await ready(cloud);
  await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17'));
  const see = async (path: string) => (await cloud.ask('GET', path, undefined, how)).json;
  assert.deepEqual(
    (await see(`/ecs/v2.1/${project}/servers`)).servers.map((row: Json) => row.name),
    ['other-1'],
  );
  assert.deepEqual((await see(`/vpc/v1/${project}/publicips`)).publicips, []);
  assert.deepEqual((await see(`/vpc/v1/${project}/bandwidths`)).bandwidths, []);
  assert.deepEqual(
    (await see(`/vpc/v1/${project}/subnets`)).subnets.map((row: Json) => row.cidr),
    ['10.50.0.0/24'],
  );
  assert.equal((await see(`/vpc/v1/${project}/vpcs`)).vpcs.length, 1);
  assert.ok((await see('/vpc/v2.0/ports')).ports.every((row: Json) => row.tenant_id === project));
  assert.deepEqual((await see(`/vpc/v1/${project}/subnets/${APP}/privateips`)).privateips, []);
  await check(
    cloud,
    [
      ['GET', `/vpc/v1/${project}/publicips/${id}`, undefined, 404, 'VPC.0504', 'clean'],
      ['DELETE', `/vpc/v1/${project}/publicips/${id}`, undefined, 404, 'VPC.0504', 'clean'],
      ['GET', `/vpc/v2.0/${project}/publicips/${id}/tags`, undefined, 404, 'VPC.2204', 'clean'],
      ['GET', `/vpc/v2.0/ports/${NIC1}`, undefined, 404, 'PortNotFound', 'clean'],
      ['GET', `/vpc/v1/${project}/privateips/${NIC1}`, undefined, 404, 'VPC.0704', 'clean'],
      ['GET', `/ecs/v2.1/${project}/servers/${WEB1}`, undefined, 404, 'itemNotFound', 'clean'],
      ['GET', '/vpc/v1/{P}/publicips', undefined, 400, 'VPC.0007', 'clean'],
    ],
    how,
  );
});

test('a faithful walk-through earns no mark', async (t) => {
  const cloud = await world(t, { now: NOW });
  const subnets = await cloud.ask('GET', `/vpc/v1/{P}/subnets?vpc_id=${uuid('vpc/main')}&limit=2000`);
  const subnet = subnets.json.subnets.find((row: Json) => row.name === 'app').id;
  const reserved = await cloud.ask('POST', '/vpc/v1/{P}/privateips', {
    privateips: [{ subnet_id: subnet }, { subnet_id: subnet, ip_address: '192.168.1.77' }],
  });
  assert.deepEqual(
    reserved.json.privateips.map((row: Json) => row.ip_address),
    ['192.168.1.10', '192.168.1.77'],
  );
  await check(cloud, [
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.77'), 500, 'VPC.0701', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('10.41.0.5'), 400, 'VPC.0705', 'clean'],
  ]);
  const seen: string[] = [];
  for (let marker = '', full = true; full; ) {
    const page = (await cloud.ask('GET', `/vpc/v1/{P}/subnets/${subnet}/privateips?limit=2${marker}`)).json.privateips;
    seen.push(...page.map((row: Json) => String(row.ip_address)));
    marker = `&marker=${page.at(-1)?.id}`;
    full = page.length === 2;
  }
  assert.deepEqual(seen.sort(), ['192.168.1.10', '192.168.1.11', '192.168.1.12', '192.168.1.77']);
  const id = await ready(cloud, { alias: 'web-01' });
  const servers = await cloud.ask('GET', '/ecs/v2.1/{P}/servers?name=web-1');
  const server = servers.json.servers.find((row: Json) => row.name === 'web-1').id;
  const ports = (await cloud.ask('GET', `/vpc/v2.0/ports?device_id=${server}`)).json.ports;
  await check(cloud, [
    ['PUT', eip(id), { publicip: { port_id: ports[0].id } }, 200, undefined, 'clean'],
    ['DELETE', eip(id), undefined, 409, 'VPC.0517', 'clean'],
    ['PUT', eip(id), { publicip: { port_id: '' } }, 200, undefined, 'clean'],
    ['DELETE', eip(id), undefined, 204, undefined, 'clean'],
    ['GET', eip(id), undefined, 404, 'VPC.0504', 'clean'],
    ['DELETE', privateIp(reserved.json.privateips[1].id), undefined, 204, undefined, 'clean'],
    ['DELETE', privateIp(ports[0].id), undefined, 409, 'VPC.0707', 'clean'],
    ['GET', privateIp(reserved.json.privateips[1].id), undefined, 404, 'VPC.0704', 'clean'],
    ['GET', `/vpc/v1/${'0'.repeat(32)}/publicips`, undefined, 400, 'VPC.0007', 'clean'],
  ]);
  const list = '/vpc/v1/{P}/publicips';
  const forged = await cloud.ask('GET', list, undefined, sign(cloud.origin, 'GET', list, '', { spoil: alter }));
  assert.deepEqual([forged.status, forged.code], [401, 'APIGW.0301']);
  assert.deepEqual(cloud.marks(), []);
});

test('the profile options name the three services; the playground is plain JSON without an elastic IP', () => {
  const options = otc.options('http://127.0.0.1:1');
  const endpoints = [options['iam-endpoint'], options['vpc-endpoint'], options['ecs-endpoint']];
  assert.deepEqual(
    endpoints.map((url) => url?.slice(-4)),
    ['/iam', '/vpc', '/ecs'],
  );
  assert.deepEqual(otc.credentials, ['password']);
  assert.equal(options.password, 'sandbox-secret');
  assert.deepEqual(JSON.parse(JSON.stringify(otc.seed())), otc.seed());
  assert.deepEqual(otc.seed().eips, []);
});

test('the same calls get the same answers to the letter, however often the client logs in', async (t) => {
  const transcript = async (logins: number) => {
    const cloud = await world(t, { now: NOW });
    for (let count = 0; count < logins; count += 1) await cloud.login(demo());
    const { id } = await allocate(cloud);
    const made = await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody(undefined));
    return [made.text, (await cloud.ask('GET', eip(id))).text];
  };
  assert.deepEqual(await transcript(0), await transcript(3));
});

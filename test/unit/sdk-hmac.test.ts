/** The published known answers of both dialects, and what the layer puts on the wire. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  authorization,
  canonicalRequest,
  type Dialect,
  type Signable,
  sdkHmac,
  signature,
  signingDate,
  signingKey,
  stringToSign,
} from '../../src/auth/sdk-hmac.js';
import type { Reply, Request } from '../../src/domain/exchange.js';
import { START, virtualClock } from '../support/clock.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const KEY = { id: 'IPCTLEXAMPLEAK000001', secret: 'ipctl-example-secret-key-0000000000000001' };
const DATE = '20260102T030405Z';
const PROJECT = '3f9c2ab4d17e4c0b8a65e01c7d2f4b90';
const SUBNET = 'a1e0c9d4-6b52-4f0d-8c33-2d9f7e5b1004';
const ORIGIN = 'https://vpc.eu-de.otc.t-systems.com';
const A: Dialect = { kind: 'a' };
const B: Dialect = { kind: 'b', region: 'eu-de', service: 'vpc' };
const EMPTY: Dialect = { kind: 'b', region: '', service: '' };

const HEADERS = {
  'content-type': 'application/json',
  host: 'vpc.eu-de.otc.t-systems.com',
  'x-project-id': PROJECT,
  'x-sdk-date': DATE,
};
const SIGNED = Object.keys(HEADERS);
const LIST = `${ORIGIN}/v1/${PROJECT}/subnets/${SUBNET}/privateips`;
const list: Signable = {
  method: 'GET',
  url: `${LIST}?marker=e3a7b915-0c4d-4e62-9f18-5b2c7d60a831&limit=10`,
  headers: HEADERS,
  body: '',
};
const assign: Signable = {
  method: 'POST',
  url: `${ORIGIN}/v1/${PROJECT}/privateips`,
  headers: HEADERS,
  body: JSON.stringify({ privateips: [{ subnet_id: SUBNET }, { subnet_id: SUBNET, ip_address: '10.40.8.77' }] }),
};

const sign = (dialect: Dialect, request: Signable, signed = SIGNED): string =>
  signature(signingKey(dialect, DATE, KEY.secret), stringToSign(dialect, DATE, canonicalRequest(request, signed)));

test('V1: a list with paging, dialect a', () => {
  const canonical = canonicalRequest(list, SIGNED);
  assert.equal(
    canonical,
    [
      'GET',
      `/v1/${PROJECT}/subnets/${SUBNET}/privateips/`,
      'limit=10&marker=e3a7b915-0c4d-4e62-9f18-5b2c7d60a831',
      'content-type:application/json',
      'host:vpc.eu-de.otc.t-systems.com',
      `x-project-id:${PROJECT}`,
      `x-sdk-date:${DATE}`,
      '',
      'content-type;host;x-project-id;x-sdk-date',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ].join('\n'),
  );
  assert.equal(sha256(canonical), 'f37b57eec9733df0f819fbb15af48cc102f77924e366ceeb919e5dae5ca1f3a8');
  assert.equal(
    authorization(KEY, A, DATE, list, SIGNED),
    'SDK-HMAC-SHA256 Access=IPCTLEXAMPLEAK000001, SignedHeaders=content-type;host;x-project-id;x-sdk-date, ' +
      'Signature=09741980de8cd0554a64597925956725d96ddc051ec4c457076906f0b1b1a671',
  );
});

test('V1: a slash at the end of the path changes nothing', () => {
  const slashed = { ...list, url: list.url.replace('privateips?', 'privateips/?') };
  assert.equal(sign(A, slashed), '09741980de8cd0554a64597925956725d96ddc051ec4c457076906f0b1b1a671');
});

test('V2: a body, dialect a', () => {
  assert.equal(assign.body.length, 148);
  assert.equal(sha256(assign.body), 'e41809ddc8f626787fe50f8dc0c9f4f14028cb507a825eeeebbf948be8f2e2c4');
  const canonical = canonicalRequest(assign, SIGNED);
  assert.deepEqual(canonical.split('\n').slice(1, 3), [`/v1/${PROJECT}/privateips/`, '']);
  assert.equal(sha256(canonical), 'ffcec916e087f3ebc276c47b54b945ea3404d7ea5bff6cf8ebd93d98340f1509');
  assert.equal(sign(A, assign), 'b35689442ac00acdfbfcfb06a360d4b290268d7630d04ac20997a06ee44cb5a7');
});

test('V3: a temporary key signs its security token too', () => {
  const bind: Signable = {
    method: 'PUT',
    url: `${ORIGIN}/v1/${PROJECT}/publicips/f48b2c07-5e91-4d3a-8b76-a0d1c3e59f62`,
    headers: { ...HEADERS, 'x-security-token': 'EXAMPLE-TEMPORARY-TOKEN' },
    body: JSON.stringify({ publicip: { port_id: '58d0f3c6-2e7b-4914-8afc-d3b6e90127c5' } }),
  };
  const signed = [...SIGNED, 'x-security-token'];
  const canonical = canonicalRequest(bind, signed);
  assert.equal(bind.body.length, 63);
  assert.equal(sha256(bind.body), '0da30b8f56027026800a28143555d1722a6c41d156d568a6ee26d6d3cf62202d');
  assert.ok(canonical.includes('\ncontent-type;host;x-project-id;x-sdk-date;x-security-token\n'));
  assert.equal(sha256(canonical), '823a44d5a97266bfe3a4ed6e1d62e8a7e7ef0b41c4d98886c148274c13e15261');
  assert.equal(sign(A, bind, signed), 'd592a2e23ff592bf54fccbf875448fff4de9e07945454d07d7c2e33a17b367f0');
});

test('B1: the request of V1 with a key derived for region and service, step by step', () => {
  const [date, region, service] = ['20260102', 'eu-de', 'vpc'];
  const key = signingKey(B, DATE, KEY.secret);
  const steps = [date, region, service, 'sdk_request'].reduce<string[]>((keys, step) => {
    const last = keys.at(-1);
    const from = last === undefined ? Buffer.from(`SDK${KEY.secret}`) : Buffer.from(last, 'hex');
    keys.push(signature(from, step));
    return keys;
  }, []);
  assert.deepEqual(steps, [
    '16b8dabe16b8602b8c495a02d864315d0cd33782a0a147f9a251ee117a5c9d06',
    '32d1e07b2cc1ce54e11732e0d6b94c5f57f2bcd0d7d3aea6fe1b46867b0544db',
    'a9987e6020a82cee5bff2e4db2094523b94bf72f3eb984d553d5d6b06803c1b8',
    '769844ea2eb5b13daac46899a4f0c0dc8a6b759dbe5dd86324dc6d4090d9527d',
  ]);
  assert.equal(key.toString('hex'), '769844ea2eb5b13daac46899a4f0c0dc8a6b759dbe5dd86324dc6d4090d9527d');
  assert.equal(stringToSign(B, DATE, canonicalRequest(list, SIGNED)).split('\n')[2], '20260102/eu-de/vpc/sdk_request');
  assert.equal(sign(B, list), '7e83c51b82f947ee1ce029feb29946b0aa401e76fe8d993a3e8d4029d1315cb9');
  assert.ok(
    authorization(KEY, B, DATE, list, SIGNED).startsWith(
      'SDK-HMAC-SHA256 Credential=IPCTLEXAMPLEAK000001/20260102/eu-de/vpc/sdk_request, SignedHeaders=content-type;host;x-project-id;x-sdk-date, ',
    ),
  );
});

test('B2: an empty scope, no project header', () => {
  const signed = ['content-type', 'host', 'x-sdk-date'];
  const canonical = canonicalRequest(assign, signed);
  assert.equal(signingKey(EMPTY, DATE, KEY.secret).toString('hex'), '6e5ac0a8e18bbcd73ddfab453f41e9dbbdebbfaabc6bef43014c467329ab6dd9');
  assert.equal(sha256(canonical), '49007af63c246fed7b9b013357006f077a32b1c0132598faac84a7b84f67411c');
  assert.equal(stringToSign(EMPTY, DATE, canonical).split('\n')[2], '20260102///sdk_request');
  assert.equal(sign(EMPTY, assign, signed), '557d69c59e27ae6608bd722d4c74113d96f3502614ea3ea96f77c1a57de12556');
});

test('the canonical form of the signing guide', () => {
  const canonical = canonicalRequest(
    {
      method: 'GET',
      url: 'https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs/?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
      headers: { 'content-type': 'application/json', host: 'service.region.example.com', 'x-sdk-date': '20191115T033655Z' },
      body: '',
    },
    ['content-type', 'host', 'x-sdk-date'],
  );
  assert.equal(sha256(canonical), 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a');
});

test('the query is sorted by code unit, encoded strictly, and a key without a value keeps its equals sign', () => {
  const query = (text: string): string | undefined =>
    canonicalRequest({ ...list, url: `${ORIGIN}/v2.0/ports?${text}` }, SIGNED).split('\n')[2];
  assert.equal(query('b=1&B=2&a'), 'B=2&a=&b=1');
  assert.equal(query('id=z&id=a'), 'id=a&id=z');
  assert.equal(query("q=a b*~'/"), 'q=a%20b%2A~%27%2F');
  assert.equal(query('fixed_ips=ip_address%3D10.40.8.77'), 'fixed_ips=ip_address%3D10.40.8.77');
});

test('the layer sends exactly what it signed, and dates it by the clock', async () => {
  const sent: Request[] = [];
  const reply: Reply = { status: 200, headers: {}, text: '', json: undefined };
  const send = sdkHmac({
    key: { ...KEY, securityToken: 'EXAMPLE-TEMPORARY-TOKEN' },
    dialect: B,
    clock: virtualClock(),
    headers: async () => ({ 'x-project-id': PROJECT }),
  })(async (request) => {
    sent.push(request);
    return reply;
  });
  await send({ method: 'GET', url: `http://127.0.0.1:4711/v1/${PROJECT}/publicips`, headers: { accept: 'application/json' } });
  const headers = sent[0]?.headers ?? {};
  const date = signingDate(START);
  assert.equal(date, '20260115T120000Z');
  const signed = {
    'content-type': 'application/json',
    host: '127.0.0.1:4711',
    'x-sdk-date': date,
    'x-security-token': 'EXAMPLE-TEMPORARY-TOKEN',
    'x-project-id': PROJECT,
  };
  assert.deepEqual(headers, {
    accept: 'application/json',
    ...signed,
    authorization: authorization(
      KEY,
      B,
      date,
      { method: 'GET', url: `http://127.0.0.1:4711/v1/${PROJECT}/publicips`, headers: signed, body: '' },
      Object.keys(signed),
    ),
  });
});

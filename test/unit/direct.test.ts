/** What `ipctl api` makes of a command line: where a request goes, and that it goes nowhere else. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bodyOf, headersOf, methodOf, queryOf } from '../../src/cli/commands/api/given.js';
import { type IpctlError, isIpctlError } from '../../src/domain/errors.js';
import { direct } from '../../src/http/direct.js';
import { aimAt, urlOn } from '../../src/operations/direct.js';

const cloud = { title: 'Cloud', api: { services: ['network', 'compute'], probe: '/' } } as const;

function refused(work: () => unknown): IpctlError {
  try {
    work();
  } catch (thrown) {
    assert.ok(isIpctlError(thrown), String(thrown));
    assert.equal(thrown.kind, 'usage');
    assert.equal(thrown.details.fate, 'not-sent');
    return thrown;
  }
  return assert.fail('it was let through');
}

describe('where it goes', () => {
  test('a path of the first service, of a named one, with or without the first slash; or a whole URL', () => {
    assert.deepEqual(aimAt(cloud, '/ports', undefined), { is: 'path', service: 'network', path: '/ports' });
    assert.deepEqual(aimAt(cloud, 'ports', 'compute'), { is: 'path', service: 'compute', path: '/ports' });
    assert.deepEqual(aimAt(cloud, 'compute:/servers?x=a:b', undefined), { is: 'path', service: 'compute', path: '/servers?x=a:b' });
    assert.deepEqual(aimAt(cloud, '/a:b', undefined), { is: 'path', service: 'network', path: '/a:b' });
    assert.deepEqual(aimAt(cloud, 'HTTPS://x.example/', undefined), { is: 'url', service: null, url: 'HTTPS://x.example/' });
  });

  test('no service of a name that the provider does not have', () => {
    assert.match(refused(() => aimAt(cloud, 'volume:/x', undefined)).details.hint ?? '', /network, compute/);
    refused(() => aimAt(cloud, '/x', 'volume'));
    refused(() => aimAt(cloud, 'file:///etc/passwd', undefined));
    refused(() => aimAt(cloud, 'constructor:/x', undefined));
    refused(() => aimAt(cloud, 'network:/x', 'compute'));
  });

  const service = { base: 'https://net.example/v2.0/', project: 'p 1' };
  test('below the base, the project filled in', () => {
    assert.equal(urlOn(service, '/ports?limit=1'), 'https://net.example/v2.0/ports?limit=1');
    assert.equal(urlOn(service, '/v1/{project}/x%2Fy/'), 'https://net.example/v2.0/v1/p%201/x%2Fy/');
    refused(() => urlOn({ ...service, project: null }, '/v1/{project}'));
  });

  for (const path of [
    '/../v3/users',
    '/a/./b',
    '/%2e%2e/v3',
    '/a/%2E%2e',
    '/a\\..\\b',
    '//evil.example/x',
    '/a//b',
    '/a b',
    '/a\nb',
    '/a#b',
    '/ü',
    '/{id}',
  ]) {
    test(`what would be sent otherwise than it is written is not sent: ${JSON.stringify(path)}`, () => {
      refused(() => urlOn(service, path));
    });
  }
});

describe('what it carries', () => {
  test('a method in any case, and no other', () => {
    assert.equal(methodOf('delete'), 'DELETE');
    refused(() => methodOf('HEAD'));
  });

  test('headers by name in lower case; none that says who we are or what the request is', () => {
    assert.deepEqual(headersOf(['If-Match: revision_number=2', 'X-A:']), { 'if-match': 'revision_number=2', 'x-a': '' });
    for (const name of ['Authorization', 'x-auth-TOKEN', 'Cookie', 'X-Sdk-Date', 'Host', 'Content-Length', 'X-HTTP-Method-Override']) {
      const error = refused(() => headersOf([`${name}: planted`]));
      assert.doesNotMatch(`${error.message}${error.details.hint}`, /planted/);
    }
    for (const text of ['no-colon', ': x', 'a b: c', 'X-A: a\r\nX-B: b']) refused(() => headersOf([text]));
  });

  test('fields as a query, each as it stands', () => {
    assert.deepEqual(queryOf(['a=1', 'a=x=y', 'b[]=']), [
      ['a', '1'],
      ['a', 'x=y'],
      ['b[]', ''],
    ]);
    refused(() => queryOf(['=x']));
    refused(() => queryOf(['x']));
  });

  test('fields as JSON: objects, lists, and the words and numbers of JSON', () => {
    const fields = [
      'f[port]=null',
      'f[name]=web 1',
      'f[tags][]=a',
      'f[tags][]=2',
      'f[up]=true',
      'id="7"',
      'size=1.10',
      'big=12345678901234567890',
    ];
    assert.deepEqual(bodyOf(fields), {
      f: { port: null, name: 'web 1', tags: ['a', 2], up: true },
      id: '7',
      size: '1.10',
      big: '12345678901234567890',
    });
    assert.equal(JSON.stringify(bodyOf(['__proto__[x]=1'])), '{"__proto__":{"x":1}}');
    for (const wrong of [
      ['a=1', 'a=2'],
      ['a=1', 'a[b]=2'],
      ['a[]=1', 'a[b]=2'],
      ['a[b]=1', 'a[]=2'],
      ['a[][b]=1'],
      ['[a]=1'],
      ['a[b=1'],
      ['a[b]c=1'],
    ]) {
      refused(() => bodyOf(wrong));
    }
  });

  test('what a record and a plan get is masked where a key says so; what is sent is not', async () => {
    const sent: unknown[] = [];
    const recorded: unknown[] = [];
    const reply = { status: 201, headers: {}, text: '{"adminPass":"once"}', json: { adminPass: 'once' } };
    const via = async (request: { readonly body?: unknown }) => {
      sent.push(request.body);
      return reply;
    };
    const service = { base: 'https://x.example', send: via, project: null, tokenExpiresAt: null };
    const driver = direct(
      {
        async mutate(step) {
          recorded.push(step.request.body);
          const answer = await step.via(step.request);
          recorded.push(answer.text, step.creates, await step.look([]));
          return step.read(answer);
        },
      },
      { x: async () => service },
    );
    const body = { server: { name: 'a', adminPass: 'planted', list: [{ secret: 'planted' }], token: null } };
    const answer = await driver.request(await driver.service('x'), { method: 'POST', url: 'https://x.example/', body });
    assert.deepEqual(sent, [body]);
    assert.deepEqual(answer, reply);
    assert.deepEqual(recorded, [
      { server: { name: 'a', adminPass: '****', list: [{ secret: '****' }], token: null } },
      '',
      true,
      { is: 'unknown', candidates: [] },
    ]);
  });
});

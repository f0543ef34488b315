/** The exchanges of the reference pages and of the clients that go beyond them, and what follows when one goes wrong. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import {
  ADDRESS,
  adding,
  call,
  closes,
  failing,
  get,
  gone,
  ID,
  OTHER,
  patch,
  publicIp,
  record,
  scripted,
  server,
  show,
  to,
  WEB_A,
  WEB_B,
  WEB_C,
} from './scene.js';

const spec = { version: 4, labels: {}, ports: [], mark: 'm-0001' } as const;
const forServer = `/public_ips?cloud_server_id=${WEB_A}`;
const add = (body: unknown, reply: unknown, status = 201) => call('POST /public_ips', body, { status, body: reply });
const forWebA = { cloud_server: { id: WEB_A }, retain: false };

describe('rackconnect: reads', () => {
  test('a bare list becomes records: servers, private addresses, dates without a zone', async () => {
    await scripted(
      [
        get('/public_ips', [
          publicIp(),
          publicIp({ id: OTHER, public_ip_v4: '203.0.113.61', retain: 'true' }, null),
          publicIp({ id: 'x1', status: 'UPDATE_FAILED' }),
          publicIp({ id: 'x2', status: 'ADD_FAILED', public_ip_v4: null }),
          publicIp({ id: 'x3', status: 'REMOVED' }),
          publicIp({ id: 'x4', status: 'UNKNOWN' }),
          { id: 'x5', status: 'PENDING_BUILD' },
        ]),
      ],
      async (driver) => {
        const [first, second, ...others] = await collect(driver.listFloatingIps({ serverNames: true }));
        assert.deepEqual(first, record(WEB_A, { raw: publicIp() }));
        assert.deepEqual([second?.state, second?.associations, second?.address], ['free', [], '203.0.113.61']);
        assert.deepEqual(
          others.map(({ id, state, providerState, associations }) => [
            id,
            state,
            providerState,
            associations.map(({ certain }) => certain),
          ]),
          [
            ['x1', 'error', 'UPDATE_FAILED', [false]],
            ['x2', 'error', 'ADD_FAILED', []],
            ['x4', 'unknown', 'UNKNOWN', [true]],
            ['x5', 'pending', 'PENDING_BUILD', []],
          ],
        );
      },
    );
  });

  test('of one server by the query, filtered again; by address out of the list; by id; what is not there is not found', async () => {
    await scripted(
      [
        get(forServer, [publicIp(), publicIp({ id: OTHER }, WEB_B)]),
        get('/public_ips', [publicIp({ id: OTHER, public_ip_v4: '203.0.113.6' }), publicIp()]),
        show(publicIp()),
        gone,
        show(publicIp({ status: 'REMOVED' })),
        get('/public_ips', '', 404),
      ],
      async (driver) => {
        const listed = await collect(driver.listFloatingIps({ server: { id: WEB_A, name: null }, serverNames: true }));
        assert.deepEqual(
          listed.map(({ id }) => id),
          [ID],
        );
        assert.equal((await driver.getFloatingIp({ address: ADDRESS })).id, ID);
        assert.equal((await driver.getFloatingIp({ id: ID })).address, ADDRESS);
        await failing('not-found', driver.getFloatingIp({ id: ID }));
        await failing('not-found', driver.getFloatingIp({ id: ID }));
        const none = await failing('unsupported', driver.getFloatingIp({ address: ADDRESS }));
        assert.match(none.details.hint ?? '', /not connected by RackConnect/);
      },
    );
  });

  test('who we are stands in the login; other kinds and IPv6 are not there, and not asked for', async () => {
    await scripted([], async (driver) => {
      const account = await driver.account();
      assert.deepEqual(account, { id: '123456', name: '123456', user: 'demo', project: '123456', region: 'DFW' });
      assert.deepEqual(await collect(driver.listFloatingIps({ kind: 'fixed', serverNames: true })), []);
      assert.deepEqual(await collect(driver.listFloatingIps({ version: 6, serverNames: true })), []);
    });
  });

  test('a reply that breaks the protocol names the field', async () => {
    await scripted([get('/public_ips', { public_ips: [] }), show(publicIp({ public_ip_v4: 'soon' }))], async (driver) => {
      assert.match((await failing('defect', collect(driver.listFloatingIps({ serverNames: true })))).message, /public_ips is not a list/);
      assert.match((await failing('defect', driver.getFloatingIp({ id: ID }))).message, /public_ip_v4 is not an IP address/);
    });
  });
});

describe('rackconnect: allocate', () => {
  test('for a server: one POST, waited for until the firewall has it; associating needs no second request', async () => {
    const made = await scripted(
      [get(forServer, []), add(forWebA, adding()), show(adding()), show(publicIp({ public_ip_v4: null })), show(publicIp())],
      async (driver) => {
        const ip = await driver.allocateFloatingIp({ ...spec, servers: [server(WEB_A)] });
        assert.deepEqual([ip.state, ip.address, ip.associations[0]?.server?.name], ['associated', ADDRESS, 'web-a']);
        assert.deepEqual(await driver.associateFloatingIp(ip, { servers: [server(WEB_A)], ports: [] }), ip);
      },
    );
    assert.deepEqual(closes(made), ['allocate: applied']);
    // Without an address yet, the record knows what it made by its id.
    assert.deepEqual(
      made.events.flatMap((event) => (event.event === 'close' ? event.made : [])),
      [ID],
    );
  });

  test('without a server it is kept; the option says so of others', async () => {
    await scripted(
      [get('/public_ips', []), add({ retain: true }, adding(null), 200), show(publicIp({ retain: true }, null))],
      async (driver) => {
        const ip = await driver.allocateFloatingIp({ ...spec, servers: [] });
        assert.deepEqual([ip.state, ip.associations], ['free', []]);
      },
    );
    await scripted(
      [get(forServer, []), add({ ...forWebA, retain: true }, publicIp({ retain: true }))],
      async (driver) => void (await driver.allocateFloatingIp({ ...spec, servers: [server(WEB_A)] })),
      { options: { retain: 'true' } },
    );
  });

  test('what cannot be meant is refused before any request', async () => {
    const script = async (work: Parameters<typeof scripted>[1], options = {}): Promise<void> => {
      // The login is not asked for either.
      await assert.rejects(scripted([], work, { options }), /not asked for: POST \/identity/);
    };
    await script(async (driver) => {
      const error = await failing('unsupported', driver.allocateFloatingIp({ ...spec, servers: [], ports: ['p'] }));
      assert.equal(error.details.fate, 'not-sent');
    });
    await script(
      async (driver) => void (await failing('unsupported', driver.associateFloatingIp(record(null), { servers: [], ports: ['p'] }))),
    );
    await script(async (driver) => void (await failing('usage', driver.allocateFloatingIp({ ...spec, servers: [] }))), { retain: 'false' });
  });

  test('what could not be set up is told, with its reason, and with what is left of it', async () => {
    await scripted(
      [
        get(forServer, []),
        add(forWebA, adding()),
        show(adding()),
        show({ ...adding(), status: 'ADD_FAILED', status_detail: 'No public IP is available.' }),
      ],
      async (driver) => {
        const error = await failing('partial', driver.allocateFloatingIp({ ...spec, servers: [server(WEB_A)] }));
        assert.match(
          error.message,
          /^an address for web-a was accepted, but then: 2b9d4c70-\S+ is ADD_FAILED: No public IP is available\.$/,
        );
        assert.equal(error.details.hint, `back: ipctl -p test ip release ${ID}`);
        assert.deepEqual(
          error.details.exists?.map(({ id, state }) => [id, state]),
          [[ID, 'error']],
        );
      },
    );
  });

  test('a server that was just built is not known yet: the refusal is waited out', async () => {
    const unknown = add(forWebA, { errors: [`Cloud Server ${WEB_A} does not exist`] }, 409);
    const made = await scripted([get(forServer, []), unknown, add(forWebA, publicIp())], async (driver) => {
      assert.equal((await driver.allocateFloatingIp({ ...spec, servers: [server(WEB_A)] })).address, ADDRESS);
    });
    assert.deepEqual(made.clock.slept, [1000]);
    assert.deepEqual(closes(made), ['allocate: applied']);
  });

  test('no waiting: the answer is the result', async () => {
    await scripted(
      [get(forServer, []), add(forWebA, adding())],
      async (driver) => {
        const ip = await driver.allocateFloatingIp({ ...spec, servers: [server(WEB_A)] });
        assert.deepEqual([ip.id, ip.state, ip.address], [ID, 'pending', null]);
        assert.equal((await driver.associateFloatingIp(ip, { servers: [server(WEB_A)], ports: [] })).state, 'pending');
      },
      { wait: false },
    );
  });
});

describe('rackconnect: who has it', () => {
  const webB = { servers: [server(WEB_B)], ports: [] };

  test('a move is one PATCH, between two looks at the holder', async () => {
    await scripted(
      [
        show(publicIp()),
        patch(to(WEB_B), publicIp({ status: 'UPDATING' })),
        show(publicIp({ status: 'UPDATING' }, WEB_B)),
        show(publicIp({}, WEB_B)),
      ],
      async (driver) => {
        const ip = await driver.moveFloatingIp(record(WEB_A), webB);
        assert.deepEqual([ip.state, ip.associations[0]?.server?.id], ['associated', WEB_B]);
      },
    );
  });

  test('an answer that names the old holder still is no verdict', async () => {
    await scripted(
      [show(publicIp()), patch(to(WEB_B), publicIp()), show(publicIp({}, WEB_B))],
      async (driver) => void (await driver.moveFloatingIp(record(WEB_A), webB)),
    );
  });

  test('another holder before is a conflict, and nothing is sent', async () => {
    for (const [verb, holder] of [
      ['moveFloatingIp', WEB_A],
      ['associateFloatingIp', null],
    ] as const) {
      const made = await scripted([show(publicIp({}, WEB_C))], async (driver) => {
        const error = await failing('conflict', driver[verb](record(holder), webB));
        assert.equal(error.message, `${ADDRESS} is associated with web-c meanwhile`);
        assert.equal(error.details.fate, 'not-sent');
      });
      assert.deepEqual(made.events, []);
    }
  });

  test('another holder after is a conflict that names it', async () => {
    await scripted(
      [show(publicIp()), patch(to(WEB_B), publicIp({ status: 'UPDATING' }, WEB_B)), show(publicIp({}, WEB_C))],
      async (driver) => {
        const error = await failing('conflict', driver.moveFloatingIp(record(WEB_A), webB));
        assert.equal(error.message, `${ADDRESS} is associated with web-c meanwhile`);
      },
    );
  });

  test('a rest of an allocation never takes the address from who got it meanwhile', async () => {
    await assert.rejects(
      scripted([], async (driver) => void (await failing('conflict', driver.associateFloatingIp(record(WEB_A), webB)))),
      /not asked for: POST \/identity/,
    );
  });

  test('a failed change says why', async () => {
    await scripted(
      [
        show(publicIp({ retain: true }, null)),
        patch(to(WEB_B), publicIp({ status: 'UPDATING' }, WEB_B)),
        show(publicIp({ status: 'UPDATE_FAILED', status_detail: 'firewall\u001b[31m busy' }, WEB_B)),
      ],
      async (driver) => {
        const error = await failing('conflict', driver.associateFloatingIp(record(null), webB));
        assert.match(error.message, /^203\.0\.113\.60 is UPDATE_FAILED: firewall/);
      },
    );
    // What was never set up is not put anywhere.
    await scripted([show(publicIp({ status: 'ADD_FAILED' }, null))], async (driver) => {
      const error = await failing('conflict', driver.associateFloatingIp(record(null, { state: 'error' }), webB));
      assert.deepEqual([error.details.fate, error.details.hint], ['not-sent', `ipctl ip release ${ID} gives it back`]);
    });
  });

  test('a target with an address of its own is a conflict', async () => {
    await scripted(
      [show(publicIp({}, null)), patch(to(WEB_B), { errors: ['The cloud server already has a public IP.'] }, 409)],
      async (driver) => {
        const error = await failing('conflict', driver.associateFloatingIp(record(null), webB));
        assert.match(error.message, /already has a public IP \(rackconnect 409\)/);
      },
    );
  });

  test('what is kept is taken off by one PATCH', async () => {
    await scripted(
      [
        show(publicIp({ retain: true })),
        patch(to(null), publicIp({ retain: true, status: 'UPDATING' })),
        show(publicIp({ retain: true }, null)),
      ],
      async (driver) => {
        const held = record(WEB_A);
        const ip = await driver.disassociateFloatingIp(held, held.associations);
        assert.deepEqual([ip.state, ip.associations], ['free', []]);
      },
    );
  });

  test('what is not kept is kept first, in a step of its own, and that is said', async () => {
    const made = await scripted(
      [
        show(publicIp()),
        patch({ retain: true }, publicIp({ retain: true, status: 'UPDATING' })),
        show(publicIp({ retain: true })),
        patch(to(null), publicIp({ retain: true }, null)),
      ],
      async (driver) => {
        const held = record(WEB_A);
        assert.equal((await driver.disassociateFloatingIp(held, held.associations)).state, 'free');
      },
    );
    assert.deepEqual(closes(made), ['retain: applied', 'disassociate web-a: applied']);
    assert.ok(made.notes.some((note) => note.startsWith(`${ADDRESS} will stay when its server goes`)));
  });

  test('kept, but not taken off: half done, and told so', async () => {
    await scripted(
      [show(publicIp()), patch({ retain: true }, publicIp({ retain: true })), patch(to(null), { errors: ['busy'] }, 409)],
      async (driver) => {
        const held = record(WEB_A);
        const error = await failing('partial', driver.disassociateFloatingIp(held, held.associations));
        assert.match(error.message, /is kept now when its server goes, but then: busy/);
        assert.equal(error.details.exists?.[0]?.state, 'associated');
      },
    );
    // The limit on kept addresses is met by the first step: nothing is changed.
    await scripted(
      [show(publicIp()), patch({ retain: true }, { errors: ['At most five public IPs can be retained.'] }, 409)],
      async (driver) => {
        const held = record(WEB_A);
        const error = await failing('limit', driver.disassociateFloatingIp(held, held.associations));
        assert.equal(error.details.fate, 'not-applied');
      },
    );
  });

  test('what another machine moved meanwhile is not taken off there; what it took off is waited for', async () => {
    const held = record(WEB_A);
    await scripted([show(publicIp({}, WEB_B))], async (driver) => {
      await failing('conflict', driver.disassociateFloatingIp(held, held.associations));
    });
    await scripted(
      [show(publicIp({ status: 'UPDATING' }, null)), show(publicIp({ status: 'UPDATING' }, null)), show(publicIp({}, null))],
      async (driver) => void (await driver.disassociateFloatingIp(held, held.associations)),
    );
  });
});

describe('rackconnect: release', () => {
  const remove = (status: number, body?: unknown) =>
    call(`DELETE /public_ips/${ID}`, undefined, { status, ...(body === undefined ? {} : { body }) });

  test('it goes on after the answer until the address is not found, or is said to be removed', async () => {
    await scripted([remove(204), show(publicIp({ status: 'REMOVING' }, null)), gone], (driver) => driver.releaseFloatingIp(record(null)));
    await scripted([remove(204), show(publicIp({ status: 'REMOVED' }, null))], (driver) => driver.releaseFloatingIp(record(null)));
  });

  test('what is gone already is released', async () => {
    await scripted([remove(404, '"Not found."'), gone], (driver) => driver.releaseFloatingIp(record(null)));
  });

  test('a failed removal says why', async () => {
    await scripted(
      [remove(204), show(publicIp({ status: 'REMOVE_FAILED', status_detail: 'The firewall is locked.' }, null))],
      async (driver) => {
        const error = await failing('conflict', driver.releaseFloatingIp(record(null)));
        assert.equal(error.message, `${ADDRESS} is REMOVE_FAILED: The firewall is locked.`);
      },
    );
  });
});

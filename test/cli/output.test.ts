/** The global flags of output, with the command line as a whole: formats, queries, colour, width, what is refused, and what a shell does with it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { rows } from '../../src/cli/commands.js';
import { withHome } from '../support/ipctl.js';
import { examples, prepared } from './golden/examples.js';
import { type Desk, withDesk } from './golden/screen.js';

const p = ['-p', 'sandbox'];

async function good(desk: Desk, words: readonly string[], screen: Parameters<Desk['ipctl']>[1] = {}): Promise<string> {
  const { code, stdout, stderr } = await desk.ipctl(words, screen);
  assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  return stdout;
}

interface Told {
  readonly error: {
    readonly kind: string;
    readonly exitCode: number;
    readonly message: string;
    readonly operation: { readonly id: string | null; readonly state: string } | null;
  };
}
const told = (stderr: string): Told => JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Told;

/** Two floating IPs: 203.0.113.10 free, 203.0.113.11 at web-1. */
async function withTwo(work: (desk: Desk) => Promise<void>): Promise<void> {
  await withDesk(async (desk) => {
    await good(desk, [...p, 'ip', 'allocate']);
    await good(desk, [...p, 'ip', 'allocate', '--server', 'web-1']);
    await work(desk);
  });
}

test('YAML is the same object as JSON, of every command', async () => {
  for (const { words } of rows) {
    // Every sentence of it is of its own moment and folder.
    if (words === 'doctor') continue;
    const example = examples[words];
    const printed: unknown[] = [];
    for (const [format, read] of [
      ['json', (text: string): unknown => JSON.parse(text)],
      ['yaml', (text: string): unknown => parse(text)],
    ] as const) {
      await withDesk(async (desk) => {
        const command = await prepared(example, 'sandbox', 'openstack', desk);
        const until = example.until === undefined ? {} : { until: example.until };
        const { stdout } = await desk.ipctl([...p, ...command, '-o', format], { env: { SECRET: 'x' }, ...until });
        // Ports and folders of this machine, and its time.
        printed.push(
          read(
            stdout
              .replace(/127\.0\.0\.1:\d+/g, 'host')
              .replace(/, in [^"]+config\.json/g, '')
              .replace(/("?latency"?: )\d+/g, '$10')
              .replace(/((?<!\w)"?(?:at|expiresAt)"?: ")[^"]+/g, '$1'),
          ),
        );
      });
    }
    assert.deepEqual(printed[1], printed[0], words);
  }
});

describe('--query', () => {
  test('is applied to the JSON of the result, in every format', async () => {
    await withTwo(async (desk) => {
      const list = async (...more: readonly string[]): Promise<string> => good(desk, [...p, 'ip', 'list', ...more]);
      const two = '[].{address: address, on: associations[0].server.name}';
      assert.equal(await list('--query', two), 'ADDRESS       ON\n203.0.113.10  -\n203.0.113.11  web-1\n');
      assert.equal(await list('--query', two, '-o', 'csv'), 'address,on\n203.0.113.10,\n203.0.113.11,web-1\n');
      assert.equal(await list('--query', two, '-o', 'tsv', '--no-header'), '203.0.113.10\t\n203.0.113.11\tweb-1\n');
      assert.equal(
        await list('--query', two, '-o', 'jsonl'),
        '{"address":"203.0.113.10","on":null}\n{"address":"203.0.113.11","on":"web-1"}\n',
      );
      assert.equal(await list('--query', '[].address', '-o', 'value'), '203.0.113.10\n203.0.113.11\n');
      assert.equal(await list('--query', '[].address', '-o', 'json'), '[\n  "203.0.113.10",\n  "203.0.113.11"\n]\n');
      assert.equal(await list('--query', '[].address', '-o', 'yaml'), '- 203.0.113.10\n- 203.0.113.11\n');
      assert.equal(await list('--query', 'length(@)'), '2\n');
      assert.equal(await list('--query', '[0].address', '--sort', '-address', '-o', 'value'), '203.0.113.11\n', 'the sorted list');
      assert.equal(await list('--query', '[].raw.floating_ip_address', '--raw', '-o', 'value'), '203.0.113.10\n203.0.113.11\n');
      assert.equal(await list('--query', "[?state=='free'] | [0].id", '-o', 'value'), await list('--free', '-o', 'value', '-c', 'id'));
      assert.equal(await good(desk, [...p, 'ip', 'show', '203.0.113.11', '--query', 'state', '-o', 'value']), 'associated\n');
      assert.equal(await good(desk, [...p, 'ip', 'allocate', '--query', 'ip.address', '-o', 'value']), '203.0.113.12\n');
      assert.equal(await good(desk, ['provider', 'show', 'hostway', '--query', 'move']), 'stepwise\n');
    });
  });

  test('a bad expression costs no address: nothing is sent, nothing is recorded', async () => {
    await withDesk(async (desk) => {
      for (const query of ['ip.addr((', 'ip.nope(@)', 'length()', '']) {
        const { code, stdout, stderr } = await desk.ipctl([...p, 'ip', 'allocate', '--query', query]);
        assert.deepEqual([code, stdout], [2, ''], query);
        assert.match(stderr, /^ipctl: --query: /, query);
      }
      assert.equal(await good(desk, ['sandbox', 'journal', '-o', 'value']), '');
      assert.equal(await good(desk, ['operation', 'list', '-o', 'value']), '');
    });
  });

  test('one that does not fit costs no address: what was changed is printed whole, with 9; what was only read is not', async () => {
    await withDesk(async (desk) => {
      const misfit = ['--query', 'length(ip.name)', '-o', 'json'];
      const { code, stdout, stderr } = await desk.ipctl([...p, 'ip', 'allocate', ...misfit]);
      assert.equal(code, 9, stderr);
      const { operation, ip } = JSON.parse(stdout) as { operation: string; ip: { address: string } };
      assert.equal(ip.address, '203.0.113.10');
      const { error } = told(stderr);
      assert.match(error.message, /^--query: .*; what was done stands: allocate 203\.0\.113\.10$/);
      assert.deepEqual([error.kind, error.exitCode, error.operation], ['partial', 9, { id: operation, state: 'applied' }]);
      const read = await desk.ipctl([...p, 'ip', 'list', '--query', 'length([0].name)', '-o', 'json']);
      assert.deepEqual([read.code, read.stdout, told(read.stderr).error.operation], [2, '', null]);
      const planned = await desk.ipctl([...p, 'ip', 'allocate', '--dry-run', '--query', 'length(ip)', '-o', 'json']);
      assert.deepEqual([planned.code, planned.stdout], [2, ''], 'a dry run does nothing');
    });
  });

  test('nor does one that does not fit the answer to a request of the user’s own', async () => {
    await withDesk(async (desk) => {
      const network = await good(desk, [...p, 'network', 'list', '--query', '[?external].id | [0]', '-o', 'value']);
      const body = ['--field', `floatingip[floating_network_id]=${network.trim()}`];
      const words = [...p, 'api', 'POST', 'network:/floatingips', ...body, '--yes', '--query', 'length(floatingip.port_id)', '-o', 'json'];
      const { code, stdout, stderr } = await desk.ipctl(words);
      assert.equal(code, 9, stderr);
      assert.match(stdout, /"floating_ip_address": "203\.0\.113\.10"/);
      assert.equal(told(stderr).error.operation?.state, 'applied');
    });
  });

  test('a server that is served shows its answer at once', async () => {
    await withDesk(async (desk) => {
      const ran = await desk.ipctl(['sandbox', 'serve', '--query', '[].profile', '-o', 'value'], { until: /nova/ });
      assert.match(ran.stdout, /^sandbox-hostway\nsandbox-nova\n/);
    });
  });
});

test('a flag that would mean nothing is refused before anything is sent; set by a variable it is passed over', async () => {
  const refused: readonly (readonly string[])[] = [
    ['ip', 'list', '--raw'],
    ['ip', 'list', '--raw', '-o', 'csv'],
    ['ip', 'allocate', '--raw'],
    ['profile', 'list', '--raw', '-o', 'json'],
    ['sandbox', 'journal', '--raw', '-o', 'json'],
    ['schema', '--raw'],
    ['ip', 'list', '--no-header', '-o', 'json'],
    ['ip', 'list', '--no-header', '-o', 'yaml'],
    ['ip', 'list', '--no-header', '-o', 'value'],
    ['ip', 'show', '203.0.113.10', '--no-header'],
    ['completion', 'bash', '--no-header'],
    ['ip', 'show', '203.0.113.10', '--sort', 'id'],
    ['profile', 'current', '--sort', 'name'],
    ['schema', '--sort', 'id'],
    ['schema', '-c', 'id'],
    ['ip', 'list', '-c', 'id', '--query', '[].id'],
    ['ip', 'list', '-c', 'bogus'],
    ['ip', 'allocate', '--sort', 'bogus'],
  ];
  await withDesk(async (desk) => {
    for (const words of refused) {
      const { code, stdout, stderr } = await desk.ipctl([...p, ...words]);
      assert.deepEqual([code, stdout], [2, ''], `${words.join(' ')}: ${stderr}`);
      assert.match(stderr, /--(raw|no-header|sort|columns)|there is no column/, words.join(' '));
    }
    assert.equal(await good(desk, ['sandbox', 'journal', '-o', 'value']), '', 'nothing reached the cloud');
    const env = { IPCTL_RAW: '1', IPCTL_NO_HEADER: '1' };
    assert.match(await good(desk, [...p, 'ip', 'allocate', '-o', 'json'], { env }), /"raw"/);
    assert.match(await good(desk, [...p, 'ip', 'list'], { env }), /^203\.0\.113\.10 /);
    assert.match(await good(desk, [...p, 'ip', 'show', '203.0.113.10'], { env }), /^address /);
  });
});

describe('on a terminal', () => {
  const columns = 80;
  const csi = String.fromCharCode(27);

  test('colour: the flag, then FORCE_COLOR, then NO_COLOR, then whether there is a terminal that can', async () => {
    await withTwo(async (desk) => {
      const cases: readonly [colored: boolean, words: readonly string[], screen: Parameters<Desk['ipctl']>[1]][] = [
        [true, [], { columns }],
        [false, [], {}],
        [false, [], { columns, env: { NO_COLOR: '1' } }],
        [true, [], { columns, env: { NO_COLOR: '' } }],
        [false, [], { columns, env: { TERM: 'dumb' } }],
        [true, [], { env: { FORCE_COLOR: '1' } }],
        [true, [], { columns, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }],
        [false, [], { columns, env: { FORCE_COLOR: '0' } }],
        [true, ['--color', 'always'], { env: { NO_COLOR: '1' } }],
        [false, ['--color', 'never'], { columns, env: { FORCE_COLOR: '1' } }],
        [true, ['--color', 'auto'], { columns }],
      ];
      for (const [colored, words, screen] of cases) {
        const out = await good(desk, [...p, 'ip', 'list', ...words], screen);
        assert.equal(out.includes(csi), colored, JSON.stringify([words, screen]));
      }
    });
  });

  test('a table keeps to the width, that of COLUMNS first; piped it is whole', async () => {
    await withTwo(async (desk) => {
      await good(desk, [...p, 'ip', 'update', '203.0.113.10', '--description', '日本語の説明 '.repeat(9)]);
      const env = { NO_COLOR: '1' };
      const list = [...p, 'ip', 'list', '-c', '+description'];
      const widest = (out: string): number =>
        Math.max(...out.split('\n').map((line) => [...line].reduce((sum, char) => sum + (/[\u3000-\u9fff]/.test(char) ? 2 : 1), 0)));
      const at80 = await good(desk, list, { columns: 80, env });
      const at60 = await good(desk, list, { columns: 80, env: { ...env, COLUMNS: '60' } });
      assert.ok(widest(at80) <= 80 && widest(at80) > 70, at80);
      assert.ok(widest(at60) <= 60, at60);
      for (const out of [at80, at60]) assert.match(out, /…/);
      const piped = await good(desk, list, { env: { COLUMNS: '60' } });
      assert.doesNotMatch(piped, /…/);
      assert.match(piped, /664f1f71-fb23-4de7-8074-0c1db86c1d78/);
      const shown = await good(desk, [...p, 'ip', 'show', '203.0.113.10'], { columns: 40, env });
      assert.doesNotMatch(shown, /…/, 'one record is never cut');
    });
  });

  test('what is empty is told on stderr, and to nobody else', async () => {
    await withDesk(async (desk) => {
      const list = [...p, 'ip', 'list'];
      assert.deepEqual(await desk.ipctl(list, { columns }), { code: 0, stdout: '', stderr: 'no floating IPs in profile sandbox\n' });
      assert.equal((await desk.ipctl([...list, '--free'], { columns })).stderr, 'no such floating IPs in profile sandbox\n');
      assert.equal((await desk.ipctl(['operation', 'list'], { columns })).stderr, 'no operations\n');
      assert.deepEqual(await desk.ipctl(list), { code: 0, stdout: '', stderr: '' });
      assert.equal((await desk.ipctl([...list, '-q'], { columns })).stderr, '');
      assert.deepEqual(await desk.ipctl([...list, '-o', 'json'], { columns }), { code: 0, stdout: '[]\n', stderr: '' });
    });
  });
});

test('what somebody wrote into a description moves no cursor and hides nothing, in any format', async () => {
  const hostile = 'a\u001b[2J\r\u202e\u2066\u200b\nb\tc';
  await withDesk(async (desk) => {
    await good(desk, [...p, 'ip', 'allocate', `--description=${hostile}`]);
    for (const format of ['table', 'csv', 'tsv', 'value', 'yaml', 'json', 'jsonl']) {
      const rowed = !/json|yaml/.test(format);
      const words = [...p, 'ip', 'list', '-o', format, ...(rowed ? ['-c', 'description'] : [])];
      const out = await good(desk, words, format === 'table' ? { columns: 80, env: { NO_COLOR: '1' } } : {});
      assert.doesNotMatch(out.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u, format);
      if (rowed) {
        assert.match(out, /^(DESCRIPTION\n|description\n)?a\\u001b\[2J\\u000d\\u202e\\u2066\\u200b\\u000ab\\u0009c\n$/, format);
      } else {
        const value = (format === 'yaml' ? parse(out) : JSON.parse(out)) as { description: string } | { description: string }[];
        assert.equal([value].flat()[0]?.description, hostile, `${format} keeps it as data`);
      }
    }
  });
});

describe('in a shell', () => {
  const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));

  test('a full disk: what was changed is named on stderr; what was only read points to no record', async () => {
    await withHome(async (home) => {
      const full = (command: string): { status: number | null; stderr: string } =>
        spawnSync('bash', ['--norc', '--noprofile', '-c', `"${process.execPath}" "${bin}" ${command} >/dev/full`], {
          encoding: 'utf8',
          env: home.env,
        });
      const unrecorded = full('-p sandbox ip allocate --no-journal -o json');
      assert.equal(unrecorded.status, 14, unrecorded.stderr);
      const { error } = told(unrecorded.stderr);
      assert.match(error.message, /could not be written: .*; what was done stands: allocate 203\.0\.113\.10$/);
      assert.deepEqual([error.exitCode, error.operation], [14, { id: null, state: 'applied' }]);
      const recorded = full('-p sandbox ip allocate');
      assert.match(recorded.stderr, /allocate 203\.0\.113\.11\n {2}ipctl operation show (\S+)\n {2}operation \1: applied\n$/);
      for (const command of ['-p sandbox ip list', '--help']) {
        const { status, stderr } = full(command);
        assert.equal(status, 14, command);
        assert.match(stderr, /^ipctl: the result could not be written: [^\n;]+\n$/, command);
      }
      const version = full('--version');
      assert.deepEqual([version.status, /^ipctl: the version could not be written/.test(version.stderr)], [14, true]);
    });
  });

  test('a reader that has seen enough ends it quietly', async () => {
    await withHome(async (home) => {
      assert.equal((await home.ipctl([...p, 'ip', 'allocate', '--count', '3'])).code, 0);
      const commands = [
        '-p sandbox ip list',
        '-p sandbox ip list -o csv',
        'provider list -o json',
        'schema -o yaml',
        "schema --query '*' -o json",
        '--help',
      ];
      for (const command of commands) {
        for (const reader of ['head -1', 'true']) {
          const { status, stdout, stderr } = spawnSync(
            'bash',
            ['--norc', '--noprofile', '-c', `"${process.execPath}" "${bin}" ${command} | ${reader}; exit "\${PIPESTATUS[0]}"`],
            { encoding: 'utf8', env: home.env },
          );
          assert.ok(status === 0 || status === 141, `${command} | ${reader}: ${status}`);
          assert.equal(stderr, '', `${command} | ${reader}`);
          if (reader === 'head -1') assert.match(stdout, /^.+\n$/, command);
        }
      }
    });
  });
});

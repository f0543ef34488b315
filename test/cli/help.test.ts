/**
 * Help of every command, to the letter, and what follows from the same declarations. After a change that is meant,
 * UPDATE_GOLDEN=1 writes golden-help/*.txt anew, and the difference is read like code.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nouns, type Row, rows } from '../../src/cli/commands.js';
import { helpOn } from '../../src/cli/help/answer.js';
import { type CommandHelp, commandHelp, type ProgramHelp, programHelp } from '../../src/cli/help/describe.js';
import { exitCodes } from '../../src/cli/help/exit-codes.js';
import { topicNames } from '../../src/cli/help/topics.js';
import { kinds } from '../../src/domain/errors.js';
import { withHome } from '../support/ipctl.js';

const directory = fileURLToPath(new URL('./golden-help/', import.meta.url));
const table: readonly Row[] = rows;
const withVerbs = Object.keys(nouns).filter((noun) => !table.some(({ words }) => words === noun));
/** Everything that help can be asked about. */
const subjects: readonly (readonly string[])[] = [
  [],
  ...topicNames.map((name) => [name]),
  ...withVerbs.map((noun) => [noun]),
  ...table.map(({ words }) => words.split(' ')),
];
const fileOf = (words: readonly string[]): string => `${['ipctl', ...words].join('-')}.txt`;

describe('the text', () => {
  for (const words of subjects) {
    test(['ipctl', ...words].join(' '), () => {
      const { text } = helpOn(words);
      const path = `${directory}${fileOf(words)}`;
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
      assert.equal(text, readFileSync(path, 'utf8'), 'UPDATE_GOLDEN=1 where the change is meant');
      for (const line of text.split('\n')) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
      assert.ok(!/\s\n/.test(text.replaceAll('\n\n', '\n')), 'no blanks at the end of a line');
    });
  }

  test('no golden file is left of a command that is gone', () => {
    assert.deepEqual(readdirSync(directory).sort(), subjects.map(fileOf).sort());
  });
});

describe('each command', () => {
  for (const row of table) {
    test(row.words, () => {
      const { options, examples, usage } = commandHelp(row);
      assert.ok(examples.length >= 2 && examples.length <= 4, 'two or three examples');
      for (const example of examples) assert.ok(example.includes(`ipctl ${row.words}`), example);
      const names = options.flatMap(({ name, short }) => (short === null ? [name] : [name, short]));
      assert.deepEqual([...new Set(names)], names, 'each flag once');
      for (const flag of Object.keys(row.flags)) assert.ok(names.includes(`--${flag}`), flag);
      for (const { name, help } of options) assert.ok(help !== '' && help !== name, `${name} says what it is`);
      assert.ok(!names.some((name) => /password|secret-key|api-key/.test(name)), 'no secret is typed');
      assert.ok(usage.startsWith(`ipctl ${row.words}`));
    });
  }
});

test('every kind of error has its exit code explained', () => {
  assert.deepEqual([...new Set(exitCodes.map(({ kind }) => kind))].sort(), ['done', ...kinds].sort());
});

describe('the binary', () => {
  test('the same text by --help, by help, and by an alias', () =>
    withHome(async ({ ipctl }) => {
      const { text } = helpOn(['ip', 'associate']);
      for (const words of [
        ['ip', 'associate', '--help'],
        ['ip', 'associate', '203.0.113.10', '--server', 'web-1', '-h'],
        ['ip', 'attach', '--help'],
        ['--help', 'ip', 'associate'],
        ['help', 'ip', 'associate'],
        ['help', 'ip', 'assign'],
      ]) {
        assert.deepEqual(await ipctl(words), { code: 0, stdout: text, stderr: '' }, words.join(' '));
      }
    }));

  test('a noun alone, or nothing at all, is a question for help', () =>
    withHome(async ({ ipctl }) => {
      assert.deepEqual(await ipctl(['ip']), { code: 0, stdout: helpOn(['ip']).text, stderr: '' });
      assert.deepEqual(await ipctl(['op']), { code: 0, stdout: helpOn(['operation']).text, stderr: '' });
      assert.deepEqual(await ipctl([]), { code: 0, stdout: helpOn([]).text, stderr: '' });
    }));

  test('as data, from the same declarations', () =>
    withHome(async ({ ipctl }) => {
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      const program = JSON.parse((await ipctl(['help', '-o', 'json'])).stdout) as ProgramHelp;
      assert.deepEqual(program, plain(programHelp()));
      assert.deepEqual(
        program.nouns.flatMap(({ commands }) => commands.map(({ words }) => words)).sort(),
        table.map(({ words }) => words).sort(),
      );
      const command = JSON.parse((await ipctl(['help', 'ip', 'allocate', '-o', 'json'])).stdout) as CommandHelp;
      assert.equal(command.words, 'ip allocate');
      const option = (name: string) => command.options.find((each) => each.name === name);
      assert.deepEqual(option('--otc-bandwidth-share'), {
        name: '--otc-bandwidth-share',
        short: null,
        group: 'otc',
        type: 'choice',
        value: 'PER|WHOLE',
        optional: false,
        choices: ['PER', 'WHOLE'],
        default: 'PER',
        required: false,
        variables: ['IPCTL_OTC_BANDWIDTH_SHARE'],
        help: 'PER: a bandwidth of its own; WHOLE: join a shared one',
      });
      assert.deepEqual(option('--output')?.variables, ['IPCTL_OUTPUT']);
      assert.deepEqual(option('--region')?.variables, []);
      assert.equal(option('--dry-run')?.group, 'change');
      assert.deepEqual(JSON.parse((await ipctl(['ip', 'allocate', '--help', '-o', 'json'])).stdout), command);
      assert.equal((JSON.parse((await ipctl(['help', 'files', '-o', 'json'])).stdout) as { name: string }).name, 'files');
    }));

  test('of the options of providers it shows those of the profile in use, and says where the others are', () =>
    withHome(async ({ ipctl, directory }) => {
      const all = helpOn(['ip', 'allocate']).text;
      const titles = (text: string): readonly string[] => [...text.matchAll(/^Options of (.*):$/gm)].map(([, title = '']) => title);
      const shown = async (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
        const { code, stdout, stderr } = await ipctl(words, { env });
        assert.deepEqual([code, stderr], [0, ''], words.join(' '));
        assert.ok(stdout.startsWith('{') || stdout.split('\n').every((line) => line.length <= 80), stdout);
        return stdout;
      };
      assert.ok(titles(all).length > 2 && all.includes('not listed: ipctl provider show PROVIDER'), all);
      assert.equal(await shown(['ip', 'allocate', '--help']), all, 'no profile is in use');
      const otc = ['Open Telekom Cloud', 'every change'];
      for (const [words, env] of [
        [['-p', 'sandbox-otc', 'ip', 'allocate', '--help'], {}],
        [['ip', 'allocate', '-h', '--profile=env:otc'], {}],
        [['-penv:otc', 'help', 'ip', 'allocate'], {}],
        [['ip', 'allocate', '--help'], { IPCTL_PROFILE: 'sandbox-otc' }],
        [['help', 'ip', 'create'], { IPCTL_PROFILE: 'sandbox-otc' }],
      ] as const) {
        assert.deepEqual(titles(await shown(words, env)), otc, words.join(' '));
      }
      const add = ['profile', 'add', 'mine', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:KEY'];
      assert.equal((await ipctl(add)).code, 0);
      assert.equal((await ipctl(['profile', 'use', 'mine'])).code, 0);
      const mine = await shown(['ip', 'allocate', '--help']);
      assert.deepEqual(titles(mine), ['Hostway FlexCloud', 'every change']);
      assert.match(mine, /\nShown for profile mine \(Hostway FlexCloud\)\. [^.]*ipctl provider show PROVIDER\n/s);
      assert.deepEqual(titles(await shown(['-p', 'sandbox-otc', 'ip', 'allocate', '--help'])), otc, 'the flag counts for more');
      assert.equal(await shown(['ip', 'allocate', '--help', '--config', `${directory}/none`]), all);
      assert.equal(await shown(['-p', 'nobody', 'ip', 'allocate', '--help']), all);
      assert.equal(await shown(['profile', 'add', '--help']), helpOn(['profile', 'add']).text);
      const data = JSON.parse(await shown(['ip', 'allocate', '--help', '-o', 'json'])) as CommandHelp;
      assert.ok(data.options.some(({ group }) => group === 'otc') && data.options.some(({ group }) => group === 'hostway'));
      writeFileSync(`${directory}/config/ipctl/config.json`, '{');
      assert.equal(await shown(['ip', 'allocate', '--help']), all, 'help needs no readable profiles');
    }));

  const mistypes: readonly [string, string][] = [
    ['ip alocate', 'did you mean ipctl ip allocate?'],
    ['ip atach 203.0.113.10', 'did you mean ipctl ip associate?'],
    ['ips list', 'did you mean ipctl ip?'],
    ['associate 203.0.113.10', 'did you mean ipctl ip associate?'],
    ['allocate', 'did you mean ipctl ip allocate or ipctl privateip create?'],
    ['ip relase --help', 'did you mean ipctl ip release?'],
    ['qwertyuiop --help', 'see ipctl --help'],
    ['ip qwertyuiop', 'see ipctl ip --help'],
    ['help ip alocate', "did you mean 'ip allocate'?"],
    ['help exit-code', "did you mean 'exit-codes'?"],
    ['help ip allocate more', "did you mean 'ip allocate'?"],
    ['ip list --asociated', 'did you mean --associated?'],
    ['ip allocate --otc-bandwith-size 10', 'did you mean --otc-bandwidth-size?'],
    ['ip allocate --dry_run', 'did you mean --dry-run?'],
    ['ip list --ouput=json', 'did you mean --output?'],
    ['--profil sandbox ip list', 'did you mean --profile?'],
    ['ip list --qwertyuiop', 'see ipctl ip list --help'],
    ['ip list -o jsno', "did you mean 'json'?"],
    ['-p sandbox ip list -c adress', "did you mean 'address'? columns: "],
    ['-p sandbox ip list --sort sever', "did you mean 'server'? columns: "],
    ['profile add x --provider openstak', "did you mean 'openstack'? providers: "],
    ['profile add x --provider openstack --set usrname=a', "did you mean 'username'? ipctl provider show openstack"],
    ['profile add x --provider openstack --set readonly=true', "did you mean 'read-only'? ipctl provider show openstack"],
  ];
  test('what is mistyped is answered with the nearest, exit 2, and nothing on stdout', () =>
    withHome(async ({ ipctl }) => {
      for (const [line, hint] of mistypes) {
        const { code, stdout, stderr } = await ipctl(line.split(' '));
        assert.equal(code, 2, line);
        assert.equal(stdout, '', line);
        assert.ok(stderr.includes(`\n  ${hint}`), `${line}\n${stderr}`);
      }
      const elsewhere: readonly [string, number, string][] = [
        ['provider show rackspcae', 3, "did you mean 'rackspace'? providers: "],
        ['-p env:hostwya ip list', 14, "did you mean 'hostway'? providers: "],
      ];
      for (const [line, exit, hint] of elsewhere) {
        const { code, stderr } = await ipctl(line.split(' '));
        assert.equal(code, exit, line);
        assert.ok(stderr.includes(hint), stderr);
      }
    }));

  test('a mistyped secret is not repeated', () =>
    withHome(async ({ ipctl }) => {
      const { code, stderr } = await ipctl(['ip', 'list', '--openstack-pasword=hunter2']);
      assert.equal(code, 2);
      assert.ok(!stderr.includes('hunter2'), stderr);
      assert.ok(!stderr.includes('did you mean --openstack-password'), stderr);
    }));
});

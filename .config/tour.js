// `npm start`: the main job on all four providers, with the real command against the built-in sandbox. Each command is
// printed before its result. Works in a temporary home and leaves nothing behind.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../bin/ipctl.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'ipctl-tour-'));
const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state') };
let unexpected = 0;

const say = (text) => process.stdout.write(`${text}\n`);
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);

/** Runs one command and prints it and what it prints; resolves to its standard output. */
function ipctl(words, { exit = 0, why } = {}) {
  say(`\n$ ipctl ${words.map(quoted).join(' ')}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { env, encoding: 'utf8' });
  if (stdout !== '') process.stdout.write(stdout);
  if (stderr !== '') process.stdout.write(stderr);
  if (status !== 0) say(`(exit ${status}${why === undefined ? '' : `: ${why}`})`);
  if (status !== exit) {
    unexpected += 1;
    say(`*** exit ${exit} was expected`);
  }
  return stdout;
}

const address = (output) => /\b\d{1,3}(\.\d{1,3}){3}\b/.exec(output)?.[0] ?? 'no-address';

function floating(profile) {
  ipctl(['-p', profile, 'server', 'list']);
  const ip = address(ipctl(['-p', profile, 'ip', 'allocate']));
  ipctl(['-p', profile, 'ip', 'associate', ip, '--server', 'web-1']);
  ipctl(['-p', profile, 'ip', 'associate', ip, '--server', 'web-2'], { exit: 6, why: 'web-1 has it, and nothing is taken unasked' });
  ipctl(['-p', profile, 'ip', 'list']);
  ipctl(['-p', profile, 'ip', 'disassociate', ip]);
  ipctl(['-p', profile, 'ip', 'release', ip, '--yes']);
  ipctl(['-p', profile, 'ip', 'list', '-o', 'json']);
}

function privateIps(profile) {
  ipctl(['-p', profile, 'privateip', 'create', '--subnet', 'app', '--address', '192.168.1.17', '--count', '2']);
  const all = ipctl(['-p', profile, 'privateip', 'list', '--subnet', 'app']);
  const free = [...all.matchAll(/^(\S+) +free /gm)].map(([, ip]) => ip);
  ipctl(['-p', profile, 'privateip', 'delete', ...free, '--subnet', 'app', '--yes']);
}

try {
  say('# OpenStack: floating IPs of Neutron, private IPs as ports');
  floating('sandbox-openstack');
  privateIps('sandbox-openstack');

  say('\n# Hostway FlexCloud: flexible IPs; every answer is a 202, so ipctl looks until it is true');
  floating('sandbox-hostway');
  ipctl(['-p', 'sandbox-hostway', 'privateip', 'create', '--subnet', 'app'], { exit: 8, why: 'the provider cannot' });

  say('\n# Rackspace: one address shared by several servers');
  const shared = address(ipctl(['-p', 'sandbox-rackspace', 'ip', 'allocate', '--server', 'web-1', '--server', 'web-2']));
  ipctl(['-p', 'sandbox-rackspace', 'ip', 'list']);
  ipctl(['-p', 'sandbox-rackspace', 'ip', 'disassociate', shared, '--server', 'web-1']);
  ipctl(['-p', 'sandbox-rackspace', 'ip', 'associate', shared, '--server', 'web-1']);
  ipctl(['-p', 'sandbox-rackspace', 'ip', 'move', shared, '--to', 'web-2'], { exit: 8, why: 'the provider cannot' });
  ipctl(['-p', 'sandbox-rackspace', 'ip', 'release', shared, '--yes'], { exit: 6, why: 'it is in use' });
  ipctl(['-p', 'sandbox-rackspace', 'ip', 'release', shared, '--disassociate', '--yes']);
  ipctl(['-p', 'sandbox-rackspace', 'ip', 'list', '-o', 'json']);

  say('\n# Open Telekom Cloud: private IPs, many in one request');
  privateIps('sandbox-otc');
} finally {
  rmSync(home, { recursive: true, force: true });
}
process.exitCode = unexpected === 0 ? 0 : 1;

/** The conformance suite, unchanged, on a real Keystone, Neutron and Nova. */
import { test } from 'node:test';
import { benches } from '../../conformance/benches.js';
import { conform } from '../../conformance/suite.js';
import { live, open, optionsOf, skipped } from './cloud.js';

if (live) {
  const {
    IPCTL_LIVE_POOL: pool = 'public',
    IPCTL_LIVE_SUBNET: subnet = 'private-subnet',
    IPCTL_LIVE_ADDRESS: chosen = '10.0.0.117',
  } = process.env;
  conform('a real openstack', { ...benches.openstack, open: open(optionsOf(process.env)), options: { pool }, subnet, chosen });
} else {
  test('a real openstack conforms', { skip: skipped }, () => {});
}

/** The conformance suite and the transcript, unchanged, on a real Keystone, Neutron and Nova. */
import { test } from 'node:test';
import { benches } from '../../conformance/benches.js';
import { conform } from '../../conformance/suite.js';
import { aimed } from '../../support/cloud.js';
import { withHome } from '../../support/ipctl.js';
import { follow } from '../../support/transcript.js';
import { live, open, optionsOf, skipped } from './cloud.js';
import { transcript } from './transcript.js';

if (live) {
  const {
    IPCTL_LIVE_POOL: pool = 'public',
    IPCTL_LIVE_SUBNET: subnet = 'private-subnet',
    IPCTL_LIVE_ADDRESS: chosen = '10.0.0.117',
  } = process.env;
  const cloud = optionsOf(process.env);
  conform('a real openstack', { ...benches.openstack, open: open(cloud), options: { pool }, subnet, chosen });

  test('the transcript on a real openstack', async () => {
    const stage = await open(cloud)([]);
    try {
      await withHome((home) => follow(transcript, { ipctl: aimed(home, 'openstack', cloud) }, { values: { pool, subnet, chosen } }));
    } finally {
      await stage.close();
    }
  });
} else {
  test('a real openstack conforms', { skip: skipped }, () => {});
}

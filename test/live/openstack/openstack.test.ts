/** The conformance suite and the transcript, unchanged, on a real Keystone, Neutron and Nova. */
import { after, test } from 'node:test';
import { benches } from '../../conformance/benches.js';
import { conform } from '../../conformance/suite.js';
import { aimed } from '../../support/cloud.js';
import { withHome } from '../../support/ipctl.js';
import { follow } from '../../support/transcript.js';
import { live, liveCloud, optionsOf, skipped } from './cloud.js';
import { transcript } from './transcript.js';

if (live) {
  const { IPCTL_LIVE_POOL: pool = 'public', IPCTL_LIVE_SUBNET: subnet = 'app', IPCTL_LIVE_ADDRESS: chosen = '192.168.1.17' } = process.env;
  const options = await optionsOf(process.env);
  const cloud = await liveCloud(options);
  after(() => cloud.clear());
  conform('a real openstack', { ...benches.openstack, open: cloud.open, options: { pool }, subnet, chosen });
  conform('a real nova', { ...benches.nova, open: cloud.open, options: { pool } });

  test('the transcript on a real openstack', async () => {
    const stage = await cloud.open([]);
    try {
      await withHome((home) => follow(transcript, { ipctl: aimed(home, 'openstack', options) }, { values: { pool, subnet, chosen } }));
    } finally {
      await stage.close();
    }
  });
} else {
  test('a real openstack conforms', { skip: skipped }, () => {});
}

/** The main job with the real binary; the same transcript is played on a real OpenStack. */
import { test } from 'node:test';
import { transcript } from '../live/openstack/transcript.js';
import { withCloud } from '../support/cloud.js';
import { follow } from '../support/transcript.js';

test('the transcript', () =>
  withCloud('openstack', {}, (cloud) => follow(transcript, cloud, { values: { pool: 'public', subnet: 'app', chosen: '192.168.1.17' } })));

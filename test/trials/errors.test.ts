/** What every provider answers alike to bad input, on those that the shorter tests leave out. */
import { providerIds } from '../../src/providers/registry.js';
import { errorsOn } from '../cli/errors-on.js';

for (const id of providerIds) if (id !== 'openstack') errorsOn(id);

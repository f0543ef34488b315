import { providerIds } from '../../../providers/registry.js';
import { providerView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { providerRecord } from './record.js';

export const view = providerView;

export const run: Command<'provider list'> = async () => list(view, providerIds.map(providerRecord));

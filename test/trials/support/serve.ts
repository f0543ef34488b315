/** `sandbox serve` without the limits that a trial of fifty addresses would meet: a program of its own, one line an origin. */
import { serve } from '../../../src/sandbox/serving.js';

const [directory = '', knobs = '{}'] = process.argv.slice(2);
const served = await serve(directory, { knobs: JSON.parse(knobs) as Record<string, unknown> });
for (const [provider, options] of Object.entries(served.options)) process.stdout.write(`${JSON.stringify({ provider, options })}\n`);
await new Promise((resolve) => process.once('SIGTERM', resolve));
await served.close();

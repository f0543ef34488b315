import { benches } from './benches.js';
import { type BenchDefinition, conform } from './suite.js';

for (const [id, definition] of Object.entries(benches)) conform(id, definition as BenchDefinition);

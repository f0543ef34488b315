// Runs the tests that need more than Node and npm: each skips, and says why, where what it needs is not there.
import { apart, runTests, testsBelow } from './tests.js';

process.exitCode = runTests(apart.flatMap(testsBelow), 2);

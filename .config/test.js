// Runs the named test files, or all that need nothing but Node and npm.
import { apart, runTests, testsBelow } from './tests.js';

const named = process.argv.slice(2);
const isApart = (file) => apart.some((folder) => file.startsWith(`test/${folder}/`));
process.exitCode = runTests(named.length > 0 ? named : testsBelow('').filter((file) => !isApart(file)));

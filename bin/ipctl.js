#!/usr/bin/env node
'use strict';
const { enableCompileCache } = require('node:module');

// Where Node has it: compiled code is kept in a folder of the user's own, and a machine that has none goes without.
const { HOME = '', XDG_CACHE_HOME = '' } = process.env;
const folder = XDG_CACHE_HOME.startsWith('/') ? XDG_CACHE_HOME : HOME === '' ? '' : `${HOME}/.cache`;
if (enableCompileCache !== undefined && folder !== '') enableCompileCache(`${folder}/ipctl/compiled`);
require('../dist/main.cjs');

#!/usr/bin/env node
// `npx rockbridge ...`: the command-line tool on the project's own Node 24, whatever Node is on PATH. Only `start` may need the Temporal CLI.
const args = process.argv.slice(2);
const scope = args[0] === 'start' ? [] : ['--packages-only'];
process.argv.splice(2, args.length, ...scope, '--then', 'scripts/rockbridge.ts', ...args);
void import('./setup.mjs');

#!/usr/bin/env node
// Sets up whatever is missing, then runs what follows --then on the project's own Node 24:
//   node scripts/setup.mjs [--packages-only] [--then <file> [args...]]
// Plain JavaScript on Node built-ins, because it runs before any package is there; loaded late, so that an old Node can still say so.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    'Rockbridge needs Node 20 or newer to set itself up, and this is Node ' +
      process.versions.node +
      '. Get a newer one from https://nodejs.org and try again.',
  );
  process.exit(1);
} else {
  void import('./setup/main.mjs').then(({ main }) => main(process.argv.slice(2)));
}

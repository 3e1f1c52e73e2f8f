import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the house', () => {
  for (const [promise, command] of [
    ['has no lint', ['oxlint', '--format=unix']],
    ['is formatted', ['oxfmt', '--check']],
    ['type-checks', ['typescript/bin/tsc', '--project', '.']],
  ] as const) {
    // The linter asks the type checker about every file.
    it(promise, async () => {
      const { code, output } = await run(command, root);
      assert.equal(code, 0, output);
    }).timeout(240_000);
  }

  it('locks the packages of every platform, without which npm ci refuses', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    );
    assert.deepEqual(missing, []);
  });

  it('speaks SQL only in store/', () => {
    const sql =
      /\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(|\bsql`|\.query\(\s*['"`](select|insert|update|delete)\b/i;
    assert.deepEqual(
      filesWith(sql, '{workflows,activities,rules,vendors,bridge,workers,sandbox,scripts,console}/**/*.ts'),
      [],
    );
  });

  it('reads no clock in rules/', () => {
    assert.deepEqual(filesWith(/new Date\(\s*\)|\bDate\(\s*\)/, 'rules/**/*.ts'), []);
  });
});

/** File (the folder decides), code, and the rule that must speak; undefined: none may. */
const snippets: [file: string, code: string, rule: string | undefined][] = [
  ['activities/floating.ts', `async function work() {}\nwork();\n`, 'no-floating-promises'],
  [
    'activities/misused.ts',
    `async function work() { return true; }\nif (work()) throw new Error();\n`,
    'no-misused-promises',
  ],
  ['activities/any.ts', `export const value: any = 1;\n`, 'no-explicit-any'],
  ['workflows/package.ts', `export { DateTime } from 'luxon';\n`, 'no-restricted-imports'],
  ['workflows/builtin.ts', `export { readFileSync } from 'node:fs';\n`, 'no-restricted-imports'],
  ['workflows/temporal.ts', `export { Client } from '@temporalio/client';\n`, 'no-restricted-imports'],
  ['workflows/outside.ts', `export { x } from '../rules/x.ts';\n`, 'no-restricted-imports'],
  ['workflows/lazy.ts', `export const x = await import('../rules/x.ts');\n`, 'no-restricted-imports'],
  [
    'workflows/side-effect.ts',
    `import { type X } from '../rules/x.ts';\nexport type Y = X;\n`,
    'no-import-type-side-effects',
  ],
  ['workflows/support/outside.ts', `export { x } from '../../rules/x.ts';\n`, 'no-restricted-imports'],
  [
    'workflows/good.ts',
    `export { sleep } from '@temporalio/workflow';\nexport { x } from './support/x.ts';\nexport type { Y } from '../rules/x.ts';\n`,
    undefined,
  ],
  ['workflows/support/good.ts', `export { x } from '../triggers.ts';\nexport { y } from './y.ts';\n`, undefined],
  ['bridge/kysely.ts', `export { sql } from 'kysely';\n`, 'no-restricted-imports'],
  ['activities/pg.ts', `export { Client } from 'pg';\n`, 'no-restricted-imports'],
  ['workers/pglite.ts', `export { PGlite } from '@electric-sql/pglite';\n`, 'no-restricted-imports'],
  ['store/good.ts', `export { sql } from 'kysely';\nexport { Client } from 'pg';\n`, undefined],
  ['activities/got.ts', `export { got } from 'got';\n`, 'no-restricted-imports'],
  ['bridge/fetch.ts', `export const answer = await fetch('http://127.0.0.1');\n`, 'no-restricted-globals'],
  ['store/got.ts', `export { got } from 'got';\n`, 'no-restricted-imports'],
  ['vendors/good.ts', `export { got } from 'got';\n`, undefined],
  ['vendors/ghl/sandbox.ts', `export { x } from '../../sandbox/x.ts';\n`, 'no-restricted-imports'],
  ['sandbox/ghl/vendors.ts', `export { x } from '../../vendors/x.ts';\n`, 'no-restricted-imports'],
  ['sandbox/sql.ts', `export { sql } from 'kysely';\n`, 'no-restricted-imports'],
  ['rules/files.ts', `export { readFileSync } from 'node:fs';\n`, 'no-restricted-imports'],
  ['rules/http.ts', `export { get } from 'node:http';\n`, 'no-restricted-imports'],
  ['rules/net.ts', `export { connect } from 'node:net';\n`, 'no-restricted-imports'],
  ['rules/random-id.ts', `export { randomUUID } from 'node:crypto';\n`, 'no-restricted-imports'],
  ['rules/store.ts', `export { x } from '../store/x.ts';\n`, 'no-restricted-imports'],
  ['rules/links/outside.ts', `export { x } from '../../store/x.ts';\n`, 'no-restricted-imports'],
  ['rules/links/inside.ts', `export { x } from '../actions/x.ts';\nexport { y } from '../y.ts';\n`, undefined],
  ['rules/now.ts', `export const now = Date.now();\n`, 'no-restricted-properties'],
  ['rules/random.ts', `export const random = Math.random();\n`, 'no-restricted-properties'],
  ['rules/environment.ts', `export const { env } = process;\n`, 'no-restricted-globals'],
  [
    'rules/good.ts',
    `export { DateTime } from 'luxon';\nexport { createHash } from 'node:crypto';\nexport type { X } from '../store/x.ts';\n`,
    undefined,
  ],
];

describe('the linter', () => {
  let folder: string;
  let found: Map<string, { code: string }[]>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-lint-'));
    for (const name of ['.oxlintrc.json', 'tsconfig.json']) copyFileSync(join(root, name), join(folder, name));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [file, code] of snippets) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    const { output } = await run(['oxlint', '--format=json'], folder);
    const { diagnostics } = JSON.parse(output) as { diagnostics: { filename: string; code: string }[] };
    found = Map.groupBy(diagnostics, ({ filename }) => filename);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [file, , rule] of snippets) {
    it(rule ? `refuses ${file} by ${rule}` : `lets ${file} pass`, () => {
      const codes = (found.get(file) ?? []).map(({ code }) => code);
      if (rule)
        assert.ok(
          codes.some((code) => code.includes(`(${rule})`)),
          `said only: ${codes.join(', ')}`,
        );
      else assert.deepEqual(codes, []);
    });
  }
});

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

function filesWith(pattern: RegExp, files: string): string[] {
  return globSync(files, { cwd: root }).filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')));
}

/** Runs a tool of node_modules on our own Node, in `cwd`. */
function run([tool, ...args]: readonly string[], cwd: string): Promise<{ code: number; output: string }> {
  const path = join(root, 'node_modules', String(tool).includes('/') ? String(tool) : join('.bin', String(tool)));
  return new Promise((resolve) => {
    execFile(process.execPath, [path, ...args], { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from '../../scripts/setup/alone.mjs';
import { packagesMissing } from '../../scripts/setup/packages.mjs';

const setupFile = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));

describe('set-up', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-setup-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs setup.mjs on the Node of PATH, as npm would. */
  function setUp(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess & { output(): string } {
    const child = spawn(
      'node',
      [
        ...args.filter((arg) => arg.startsWith('--import')),
        setupFile,
        ...args.filter((arg) => !arg.startsWith('--import')),
      ],
      {
        env: { ...process.env, ...env },
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    return Object.assign(child, { output: () => output });
  }

  async function result(args: string[], env?: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
    const child = setUp(args, env);
    const [code] = (await once(child, 'close')) as [number];
    return { code, output: child.output() };
  }

  function script(code: string): string {
    const file = join(folder, 'script.ts');
    writeFileSync(file, code);
    return file;
  }

  describe('--then', () => {
    it('runs TypeScript on Node 24 with its arguments, and passes its exit code on', async () => {
      const file = script(
        `const args: string[] = process.argv.slice(2); console.log(process.version, args.join('|')); process.exit(7);`,
      );
      const { code, output } = await result(['--packages-only', '--then', file, 'one', '--two', 'three four']);
      assert.match(output, /^v24\.\d+\.\d+ one\|--two\|three four\n$/);
      assert.equal(code, 7);
    });

    it('passes signals on, so that the program can end in order', async () => {
      const file = script(
        `process.on('SIGTERM', () => process.exit(42)); setInterval(() => {}, 1000); console.log('ready');`,
      );
      const child = setUp(['--packages-only', '--then', file]);
      while (!child.output().includes('ready')) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGTERM');
      assert.deepEqual(await once(child, 'close'), [42, null]);
    });

    it('tells by the exit code that a signal ended the program', async () => {
      assert.equal(
        (await result(['--packages-only', '--then', script(`process.kill(process.pid, 'SIGKILL');`)])).code,
        137,
      );
    });
  });

  it('says which Node it wants when there is an older one', async () => {
    const older = `--import=data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.4'}})`;
    const { code, output } = await result([older, '--then', script('')]);
    assert.match(output, /^Rockbridge needs Node 20 or newer .* this is Node 18\.20\.4\. .*https:\/\/nodejs\.org/);
    assert.equal(code, 1);
  });

  it('ends with one line that names TEMPORAL_CLI_PATH when that leads nowhere', async () => {
    const { code, output } = await result([], { TEMPORAL_CLI_PATH: join(folder, 'nothing'), TEMPORAL_ADDRESS: '' });
    assert.equal(
      output.trim(),
      `TEMPORAL_CLI_PATH must name a Temporal CLI 1.5.0 or newer: ${join(folder, 'nothing')} does not exist.`,
    );
    assert.equal(code, 1);
  });

  it('wants no Temporal CLI when TEMPORAL_ADDRESS names a server', async () => {
    const env = { TEMPORAL_CLI_PATH: join(folder, 'nothing'), TEMPORAL_ADDRESS: '127.0.0.1:7233' };
    assert.deepEqual(await result([], env), { code: 0, output: '' });
  });

  describe('packages', () => {
    const wanted = {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/other-os': { version: '1.0.0', optional: true },
    };

    function installed(packages: object, binary = true) {
      write('package-lock.json', JSON.stringify({ packages: wanted }));
      write('node_modules/.package-lock.json', JSON.stringify({ packages }));
      if (binary) write('node_modules/node/bin/node', '');
      return packagesMissing(folder);
    }

    function write(name: string, text: string) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }

    it('are not touched when all are there but those for other systems', () => {
      assert.equal(installed({ 'node_modules/a': { version: '1.0.0' } }), false);
    });

    it('are installed on a fresh clone', () => {
      write('package-lock.json', JSON.stringify({ packages: wanted }));
      assert.equal(packagesMissing(folder), true);
    });

    it('are installed again when the lock file wants another version', () => {
      assert.equal(installed({ 'node_modules/a': { version: '0.9.0' } }), true);
    });

    it('are installed again when development packages were left out', () => {
      assert.equal(installed({}), true);
    });

    it('are installed again when Node 24 is missing', () => {
      assert.equal(installed({ 'node_modules/a': { version: '1.0.0' } }, false), true);
    });
  });

  describe('run twice at once in one folder', () => {
    it('does its work one after the other', async () => {
      const steps: string[] = [];
      const work = (name: string) => async () => {
        steps.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        steps.push(`${name} ends`);
      };
      await Promise.all([alone(join(folder, 'lock'), work('one')), alone(join(folder, 'lock'), work('two'))]);
      assert.deepEqual(steps, ['one begins', 'one ends', 'two begins', 'two ends']);
    });

    it('takes over from one that was killed', async () => {
      const { pid } = spawnSync(process.execPath, ['--version']);
      writeFileSync(join(folder, 'lock'), String(pid));
      assert.equal(await alone(join(folder, 'lock'), async () => 'done'), 'done');
      assert.ok(!existsSync(join(folder, 'lock')));
    });
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findTemporalCli, installTemporalCli, setting } from '../../scripts/setup/temporal-cli.mjs';

const current = 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)';
const builtByGo = 'temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)';
const tooOld = 'temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)';

describe('the Temporal CLI', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A CLI that answers --version with `version`. */
  function cli(name: string, version = current): string {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\necho '${version}'\n`);
    chmodSync(path, 0o755);
    return path;
  }

  function find(env: NodeJS.ProcessEnv = {}) {
    return findTemporalCli({ PATH: join(folder, 'path'), GOPATH: join(folder, 'go'), ...env }, join(folder, 'cache'));
  }

  const places = ['named/temporal', 'path/temporal', 'go/bin/temporal', 'cache/temporal'];
  for (const [index, expected] of places.entries()) {
    it(`is taken from ${expected} before ${places.slice(index + 1).join(', ') || 'it is sought elsewhere'}`, () => {
      for (const place of places.slice(index)) cli(place);
      assert.equal(find(index === 0 ? { TEMPORAL_CLI_PATH: join(folder, expected) } : {}), join(folder, expected));
    });
  }

  it('is nowhere on a bare machine', () => {
    assert.equal(find(), undefined);
  });

  it('counts by the version of its server when Go built it without one of its own', () => {
    assert.equal(find({ PATH: dirname(cli('path/temporal', builtByGo)) }), join(folder, 'path/temporal'));
  });

  for (const [what, answer] of [
    ['is too old', tooOld],
    ['is another program', 'Temporal 3000'],
  ] as const) {
    it(`is passed over when the one on PATH ${what}`, () => {
      cli('path/temporal', answer);
      assert.equal(find(), undefined);
      cli('cache/temporal');
      assert.equal(find(), join(folder, 'cache/temporal'));
    });
  }

  for (const [what, make, problem] of [
    ['does not exist', () => join(folder, 'nothing'), /nothing does not exist/],
    ['is too old', () => cli('old', tooOld), /old is too old \(temporal version 1\.4\.1/],
    ['is a folder', () => folder, /does not run/],
  ] as const) {
    it(`is refused with a sentence when the one of TEMPORAL_CLI_PATH ${what}, though another is on PATH`, () => {
      cli('path/temporal');
      assert.throws(
        () => find({ TEMPORAL_CLI_PATH: make() }),
        (error: Error) => error.message.startsWith('TEMPORAL_CLI_PATH ') && problem.test(error.message),
      );
    });
  }

  it('is unpacked from the official download', async () => {
    const archive = archiveOf(cli('inside/temporal'));
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(String(request.url));
      if (request.url === '/archive') return response.end(readFileSync(archive));
      return response.end(JSON.stringify({ archiveUrl: `${address}/archive`, fileToExtract: 'temporal' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cache = join(folder, 'cache');
    const path = await installTemporalCli({ cache, downloads: address, build: refuse('no build is needed') });
    server.close();
    assert.equal(path, join(cache, 'temporal'));
    assert.equal(find(), path);
    assert.match(String(asked[0]), /^\/cli\/default\?arch=(amd64|arm64)&platform=(linux|darwin)&format=tar\.gz/);
  });

  it('is built when the download is refused', async () => {
    const build = async () => cli('cache/temporal');
    assert.equal(
      await installTemporalCli({ cache: join(folder, 'cache'), downloads: 'http://127.0.0.1:1', build }),
      join(folder, 'cache/temporal'),
    );
  });

  it('says what a person can do when it can be neither downloaded nor built', async () => {
    const install = installTemporalCli({
      cache: join(folder, 'cache'),
      downloads: 'http://127.0.0.1:1',
      build: refuse('There is no go on PATH.'),
    });
    await assert.rejects(install, ({ message }: Error) =>
      ['There is no go on PATH.', 'TEMPORAL_CLI_PATH', 'install Go', 'TEMPORAL_ADDRESS'].every((words) =>
        message.includes(words),
      ),
    );
  });

  function archiveOf(path: string): string {
    const archive = join(folder, 'cli.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', dirname(path), 'temporal']);
    return archive;
  }
});

describe('a setting of the set-up', () => {
  let file: string;

  before(() => {
    file = join(mkdtempSync(join(tmpdir(), 'rockbridge-env-')), '.env');
    writeFileSync(
      file,
      `# TEMPORAL_ADDRESS=commented\nTEMPORAL_ADDRESS = "localhost:7233"\nexport TEMPORAL_CLI_PATH=/opt/temporal\nEMPTY=\n`,
    );
  });
  after(() => rmSync(dirname(file), { recursive: true, force: true }));

  for (const [name, env, expected] of [
    ['TEMPORAL_ADDRESS', {}, 'localhost:7233'],
    ['TEMPORAL_ADDRESS', { TEMPORAL_ADDRESS: 'elsewhere:7233' }, 'elsewhere:7233'],
    ['TEMPORAL_CLI_PATH', {}, '/opt/temporal'],
    ['EMPTY', {}, undefined],
    ['ABSENT', {}, undefined],
  ] as const) {
    it(`${name} is ${expected} with ${JSON.stringify(env)} in the environment`, () => {
      assert.equal(setting(name, env, file), expected);
    });
  }
});

function refuse(message: string): () => Promise<string> {
  return () => Promise.reject(new Error(message));
}

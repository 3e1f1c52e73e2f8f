import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearLockedPorts } from 'get-port';
import { keptPorts } from '../../workers/ports.ts';

describe('ports of the sandbox', () => {
  let folder: string;
  let occupier: Server | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-ports-'));
  });
  afterEach(async () => {
    await new Promise((resolve) => (occupier ? occupier.close(resolve) : resolve(undefined)));
    occupier = undefined;
    rmSync(folder, { recursive: true });
  });

  it('are the same at the next start', async () => {
    const first = await keptPorts(folder, ['a', 'b'], 42_310);
    assert.notEqual(first.a, first.b);
    clearLockedPorts();
    assert.deepEqual(await keptPorts(folder, ['a', 'b'], 42_350), first);
  });

  it('are others when somebody else has taken them meanwhile', async () => {
    const first = await keptPorts(folder, ['a'], 42_310);
    clearLockedPorts();
    occupier = createServer();
    await new Promise<void>((resolve) => occupier?.listen(first.a, '127.0.0.1', resolve));
    assert.notEqual((await keptPorts(folder, ['a'], 42_310)).a, first.a);
  });
});

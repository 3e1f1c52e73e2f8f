import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWorkflowBundle } from '../../workers/bundle.ts';
import { triggers } from '../../workflows/triggers.ts';

describe('the bundle of the workflows', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-bundle-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('holds the workflow of every trigger, and is made once', async () => {
    const first = await buildWorkflowBundle(folder);
    assert.ok('codePath' in first);
    const code = readFileSync(first.codePath, 'utf8');
    for (const { workflow } of Object.values(triggers)) assert.ok(code.includes(workflow), workflow);
    assert.deepEqual(await buildWorkflowBundle(folder), first);
    assert.equal(readdirSync(folder).length, 1);
  });

  it('is made anyway where it cannot be kept', async () => {
    const made = await buildWorkflowBundle('/dev/null/nowhere');
    assert.ok('code' in made && made.code.length > 0);
  });
});

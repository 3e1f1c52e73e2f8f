import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { buildWorkflowBundle } from '../../workers/bundle.ts';
import { AUTOMATION, triggers } from '../../workflows/triggers.ts';
import { logForTests } from '../support/runtime.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = join(root, 'test/fixtures/histories');
const histories = readdirSync(fixtures).map((file) => ({
  workflowId: basename(file, '.json'),
  history: JSON.parse(readFileSync(join(fixtures, file), 'utf8')) as unknown,
}));

/** The recorded runs that this code would not have gone the same way, with what the SDK says of each. */
async function divergent(workflowBundle: WorkflowBundleOption): Promise<Record<string, string>> {
  const failures: Record<string, string> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories))
    if (error) failures[workflowId] = error.message;
  return failures;
}

describe('recorded histories', () => {
  before(() => void logForTests());

  it('hold every workflow type, and go the same way through the workflows of today', async () => {
    const types = new Set(
      histories.map(({ history }) => /"workflowType":\{"name":"(\w+)"/.exec(JSON.stringify(history))?.[1]),
    );
    assert.deepEqual(types, new Set([...Object.values(triggers).map(({ workflow }) => workflow), AUTOMATION]));
    assert.deepEqual(await divergent(await buildWorkflowBundle()), {});
  });

  describe('show a change of the order of steps', () => {
    let folder: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'rockbridge-workflows-'));
      cpSync(join(root, 'workflows'), join(folder, 'workflows'), { recursive: true });
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const changes: [what: string, file: string, from: string, to: string, seenIn: string][] = [
      [
        'of a story',
        'workflows/referral-changed.ts',
        `if (!linked) await pass.observe('ghl', 'findContact');`,
        `await pass.observe('ghl', 'findContact'); if (!linked) await pass.observe('ghl', 'findContact');`,
        'a-new-referral-1',
      ],
      [
        'of the loop',
        'workflows/support/customer.ts',
        'passes += 1;',
        'passes += 1; await condition(() => true, 1000); await store.take({ customerId: input.customerId, runId });',
        'a-plan-carried-on-2',
      ],
    ];
    for (const [what, file, from, to, seenIn] of changes) {
      it(what, async () => {
        const path = join(folder, file);
        const before = readFileSync(path, 'utf8');
        writeFileSync(path, before.replace(from, to));
        assert.notEqual(readFileSync(path, 'utf8'), before);
        const bundle = await bundleWorkflowCode({
          workflowsPath: join(folder, 'workflows/index.ts'),
          logger: new DefaultLogger('WARN'),
        });
        assert.match((await divergent(bundle))[seenIn] ?? '', /Nondeterminism/i);
      });
    }
  });
});

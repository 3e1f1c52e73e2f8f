import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The workflows as one script for the workers, made once per state of `workflows/` and SDK version and kept in `.cache/`,
 * so that a restart need not wait for it. In a folder that cannot be written it is made each time.
 */
export async function buildWorkflowBundle(folder: string = join(root, '.cache')): Promise<WorkflowBundleOption> {
  const codePath = join(folder, `workflow-bundle-${fingerprint()}.js`);
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  try {
    mkdirSync(folder, { recursive: true });
    const draft = `${codePath}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, codePath);
    return { codePath };
  } catch {
    return { code };
  }
}

function fingerprint(): string {
  const hash = createHash('sha256').update(sdkVersion());
  for (const file of globSync('workflows/**/*.ts', { cwd: root }).toSorted()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

function sdkVersion(): string {
  return (createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string }).version;
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addMember, somebody } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { TIMING } from './driver.ts';
import { SandboxCase } from './sandbox-case.ts';
import { furnish } from './sandbox-world.ts';
import { shortSetting, shortStory } from './stories.ts';
import type { Person } from './world.ts';

const RUNS = 20;
const SEED = 20_261_124;
const MUST_COME = ['cut-before', 'cut-after', 'status', 'delivered twice'];

let given = 0;

/** The edits' names on nobody else's address and numbers. */
function newPerson(): Person {
  given += 1;
  const n = String(given).padStart(2, '0');
  return {
    firstName: 'Jane',
    lastName: 'Doe',
    email: `jane${n}@example.com`,
    phones: [`+1512555${n}01`, `+1512555${n}02`, `(512) 555-${n}03`],
  };
}

describe('the recipe of a pass, end to end', () => {
  let rockbridge: RunningRockbridge;
  let referrer: { referralCode: string };
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { ...TIMING, lookUpAfter: 200 } });
    furnish(rockbridge);
    referrer = await addMember(rockbridge, somebody());
    await rockbridge.settled();
  });
  after(() => rockbridge.close());

  const numRuns = Number(process.env['RECIPE_RUNS'] ?? RUNS);
  const seed = Number(process.env['RECIPE_SEED'] ?? SEED);
  const stories = fc.sample(fc.tuple(shortStory, shortSetting), { numRuns, seed });
  const came = new Set<string>();
  for (const [n, [story, setting]] of stories.entries())
    it(`brings both sides to agree, whatever webhooks do: story ${n + 1}`, async () => {
      const one = await SandboxCase.begin(rockbridge, referrer, newPerson(), setting);
      for (const event of story) await one.happen(event);
      await one.walk();
      await one.assertKept();
      for (const what of await one.came()) came.add(what);
    }).timeout(180_000);

  if (numRuns >= RUNS)
    it('has lost requests before and after the work, was told to slow down, and got webhooks twice', () =>
      assert.deepEqual(
        MUST_COME.filter((what) => !came.has(what)),
        [],
        'never came to pass',
      ));
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Database, openDatabase } from '../../store/database.ts';
import { Case } from './case.ts';
import { MISHAPS } from './model-vendors.ts';
import { anySetting, anyStory } from './stories.ts';

const RUNS = 1_000;
/** So many stories are enough for each of these to come to pass. */
const ENOUGH = 1_000;
const MUST_COME = [
  ...MISHAPS,
  'dies-between',
  'meanwhile',
  'delivered twice',
  'dropped',
  'approved',
  'denied',
  'watched',
  'refused',
];

describe('the recipe of a pass: observe, plan, apply, close', () => {
  const numRuns = Number(process.env['RECIPE_RUNS'] ?? RUNS);
  let database: Database;
  let n = 0;
  before(async () => {
    database = await openDatabase({});
  });
  after(() => database.close());

  it(`brings both sides to agree, with no write too many, whatever happens (${numRuns} stories)`, async function () {
    this.timeout(0);
    const came = new Set<string>();
    await fc.assert(
      fc.asyncProperty(anyStory, anySetting, async (story, setting) => {
        const one = await Case.begin(database, ++n, setting);
        for (const event of story) await one.happen(event);
        await one.walk();
        await one.decideAll();
        await one.assertKept();
        for (const what of one.came) came.add(what);
      }),
      { numRuns },
    );
    if (numRuns >= ENOUGH)
      assert.deepEqual(
        MUST_COME.filter((what) => !came.has(what)),
        [],
        'never came to pass',
      );
  });
});

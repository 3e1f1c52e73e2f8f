import assert from 'node:assert/strict';
import { closePlan } from '../../store/close.ts';
import type { Database } from '../../store/database.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { Planning, step } from './planning.ts';

onBothDatabases('a fact that a rule could not act on', (open) => {
  let database: Database;
  let planning: Planning;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    planning = new Planning(database);
  });

  it('is kept when its plan closes, and what other rules did for it is not done again', async () => {
    const customer = await planning.customer();
    const draft = { ends: 'held', waiting: [customer.fact], steps: [step(customer, 'task')] } as const;
    const plan = await planning.store(customer, draft);
    await planning.finish(plan, 0);
    await closePlan(database.db, plan.planId);
    assert.equal((await planning.row(customer)).status, 'held');
    assert.equal(await planning.spentBy(customer), null);
    assert.deepEqual(
      (await planning.state(customer)).facts.map(({ key }) => key),
      [customer.fact.key],
    );
    const again = await planning.store(customer, draft);
    assert.deepEqual(
      again.steps.map(({ done }) => done),
      [true],
    );
  });
});

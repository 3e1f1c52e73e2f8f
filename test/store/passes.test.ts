import assert from 'node:assert/strict';
import { takeRows } from '../../store/passes.ts';
import { addCustomer, addRow } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

onBothDatabases('the rows of a customer', (open) => {
  it('are one story for each trigger and record, whatever number there is of each', async () => {
    const { database } = await open();
    await addConnection(database);
    const { customerId, records } = await addCustomer(database, {
      c1: { kind: 'contact', linked: true },
      r1: { kind: 'referral', linked: true },
    });
    const add = async (vendorId: string, trigger: string): Promise<string> => {
      const id = await addRow(database, String(records[vendorId]), 'contact');
      await database.db.updateTable('inbox').set({ trigger }).where('id', '=', id).execute();
      return id;
    };
    const ids = [
      await add('c1', 'tags'),
      await add('c1', 'contact'),
      await add('r1', 'referral'),
      await add('c1', 'tags'),
      await add('c1', 'dnd'),
      await add('r1', 'approval'),
      await add('c1', 'contact'),
    ];
    const stories = await takeRows(database.db, customerId, 'run-1');
    assert.deepEqual(
      stories.map(({ trigger, rowIds }) => [trigger, rowIds.map((id) => ids.indexOf(id))]),
      [
        ['tags', [0, 3]],
        ['contact', [1, 6]],
        ['referral', [2]],
        ['dnd', [4]],
        ['approval', [5]],
      ],
    );
  });
});

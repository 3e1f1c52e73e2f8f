import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { createDoorbell } from '../../bridge/doorbell.ts';
import { temporalForTests } from '../support/temporal.ts';

describe('doorbell', () => {
  let connection: Connection;
  let client: Client;

  before(async () => {
    const { address, namespace } = await temporalForTests();
    connection = await Connection.connect({ address });
    client = new Client({ connection, namespace });
  });
  after(() => connection.close());

  it('starts the trigger’s workflow under the customer’s id, with its search attributes, and rings it', async () => {
    const customer = { connectionId: 'default', customerId: randomUUID(), trigger: 'referral' };
    const { workflowId, runId } = await createDoorbell(client)(customer);
    assert.equal(workflowId, `customer/default/${customer.customerId}`);
    const handle = client.workflow.getHandle(workflowId, runId);
    const description = await handle.describe();
    assert.equal(description.type, 'referralChanged');
    assert.equal(description.taskQueue, 'rockbridge');
    const attributes = Object.fromEntries(
      description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    assert.deepEqual([attributes['RockbridgeTrigger'], attributes['RockbridgeConnection']], [['referral'], 'default']);
    await handle.terminate();
  });

  it('rings a workflow that runs, of whatever trigger, instead of starting another', async () => {
    const customer = { connectionId: 'default', customerId: randomUUID(), trigger: 'contact' };
    const ring = createDoorbell(client);
    const first = await ring(customer);
    const second = await ring({ ...customer, trigger: 'referral' });
    assert.deepEqual(second, first);
    const { events } = await client.workflow.getHandle(first.workflowId, first.runId).fetchHistory();
    const signals = (events ?? [])
      .map(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName)
      .filter(Boolean);
    assert.deepEqual(signals, ['ring', 'ring']);
    await client.workflow.getHandle(first.workflowId).terminate();
  });

  it('fails within its five seconds when Temporal is not there', async () => {
    const away = Connection.lazy({ address: '127.0.0.1:1' });
    const ring = createDoorbell(new Client({ connection: away }));
    await assert.rejects(ring({ connectionId: 'default', customerId: randomUUID(), trigger: 'contact' }));
    await away.close();
  });
});

import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import pino from 'pino';
import { createCalled } from '../../activities/call.ts';
import { type CallsStore, createCallsStore } from '../../store/calls.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { type CallOptions, type Operation, type VendorClient, VendorError } from '../../vendors/operation.ts';
import { findOperation } from '../../vendors/find-operation.ts';
import { addConnection } from '../support/databases.ts';

const addressKey = Buffer.alloc(32, 3);
const pays = findOperation('referral-rock.reward.issue');
const reads = findOperation('referral-rock.program.list');

const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });

describe('carrying out a call', () => {
  let database: Database;
  let calls: CallsStore;
  let seen: { input: unknown; options: CallOptions }[] = [];
  /** What the vendor does once the request may leave. */
  let vendor: () => Promise<unknown>;

  before(async () => {
    database = await openDatabase({});
    await addConnection(database);
    calls = createCallsStore(database, addressKey);
  });
  after(() => database.close());
  beforeEach(() => {
    seen = [];
    vendor = () => Promise.resolve({ programs: [] });
  });

  const client = {
    async call(_operation: unknown, input: unknown, options: CallOptions) {
      await options.beforeSend?.();
      seen.push({ input, options });
      return vendor();
    },
  } as unknown as VendorClient;

  const add = (operation: Operation): Promise<string> =>
    calls.add({ connectionId: 'default', operation: operation.id, input: { rewardId: 'r1' } });

  async function carryOut(operation: Operation, callId: string): Promise<ApplicationFailure | undefined> {
    const clients = { ghl: client, 'referral-rock': client };
    const called = createCalled({ database, clients, addressKey, log: pino({ level: 'silent' }) });
    try {
      await environment().run(called(operation), { callId });
      return undefined;
    } catch (error) {
      assert.ok(error instanceof ApplicationFailure, String(error));
      return error;
    }
  }

  it('sends the stored input for the connection’s account, and keeps the answer', async () => {
    const id = await add(reads);
    assert.equal(await carryOut(reads, id), undefined);
    const [{ input, options } = assert.fail()] = seen;
    assert.deepEqual(input, { rewardId: 'r1' });
    assert.deepEqual([options.account, options.turnKey], [{ vendor: 'referral-rock', id: 'default' }, `call/${id}`]);
    const call = await calls.load(id);
    assert.deepEqual([call?.status, call?.answer], ['done', { programs: [] }]);
  });

  it('does nothing for a call that is closed', async () => {
    const id = await add(pays);
    await calls.finish(id, {});
    await carryOut(pays, id);
    assert.equal(seen.length, 0);
  });

  it('never sends what moves money a second time, when a worker died over it', async () => {
    const id = await add(pays);
    await calls.markSent(id);
    const failure = await carryOut(pays, id);
    assert.deepEqual([failure?.type, failure?.nonRetryable, seen.length], ['AnswerLost', true, 0]);
    assert.deepEqual([(await calls.load(id))?.status, (await calls.load(id))?.error?.type], ['failed', 'AnswerLost']);
  });

  it('does not wait for a second try when the answer of such a call is lost', async () => {
    const id = await add(pays);
    vendor = () => Promise.reject(new VendorError('Unavailable', pays.id, 'the connection broke'));
    const failure = await carryOut(pays, id);
    assert.deepEqual([failure?.type, failure?.nonRetryable], ['AnswerLost', true]);
  });

  for (const status of [200, 302]) {
    it(`says that such a call was probably done when its answer (${status}) cannot be read`, async () => {
      const id = await add(pays);
      vendor = () => Promise.reject(new VendorError('Unexpected', pays.id, 'another shape', { status }));
      const failure = await carryOut(pays, id);
      assert.deepEqual([failure?.type, failure?.nonRetryable], ['AnswerLost', true]);
      const { error } = (await calls.load(id)) ?? assert.fail();
      assert.equal(error?.type, 'AnswerLost');
      assert.match(error?.message ?? '', /it was probably done: look before you call again \(another shape\)/);
    });
  }

  it('passes on what cannot be read of a refusal, or of what may be repeated', async () => {
    for (const [operation, status] of [
      [pays, 418],
      [reads, 200],
    ] as const) {
      const id = await add(operation);
      vendor = () => Promise.reject(new VendorError('Unexpected', operation.id, 'another shape', { status }));
      assert.equal((await carryOut(operation, id))?.type, 'Unexpected');
    }
  });

  it('reads again when a worker died over it', async () => {
    const id = await add(reads);
    await calls.markSent(id);
    assert.equal(await carryOut(reads, id), undefined);
    assert.equal(seen.length, 1);
  });

  for (const kind of ['RateLimited', 'NotConnected'] as const) {
    it(`may send it again after ${kind}: nothing was done`, async () => {
      const id = await add(pays);
      vendor = () => Promise.reject(new VendorError(kind, pays.id, 'not now', { retryAfterMs: 1_000 }));
      const failure = await carryOut(pays, id);
      assert.deepEqual([failure?.type, Boolean(failure?.nonRetryable)], [kind, false]);
      const call = await calls.load(id);
      assert.deepEqual([call?.status, call?.sentAt, call?.error?.message], ['open', null, 'not now']);
      vendor = () => Promise.resolve({});
      assert.equal(await carryOut(pays, id), undefined);
    });
  }

  it('closes a call that is refused for good, and keeps the vendor’s words out of the failure', async () => {
    const id = await add(reads);
    const details = { status: 422, traceId: 't1' };
    vendor = () => Promise.reject(new VendorError('Invalid', reads.id, 'jane@example.com is wrong', details));
    const failure = await carryOut(reads, id);
    assert.deepEqual([failure?.type, failure?.nonRetryable], ['Invalid', true]);
    assert.ok(!JSON.stringify(failure?.message).includes('jane'));
    const error = { type: 'Invalid', message: 'jane@example.com is wrong', ...details };
    assert.deepEqual((await calls.load(id))?.error, error);
  });

  it('sends nothing once the call was withdrawn', async () => {
    const id = await add(pays);
    const withdrawing: VendorClient = {
      ...client,
      call: async (operation, input, options) => {
        await calls.withdraw(id, { type: 'NotStarted', message: 'too late' });
        return client.call(operation, input, options);
      },
    };
    const called = createCalled({
      database,
      clients: { ghl: client, 'referral-rock': withdrawing },
      addressKey,
      log: pino({ level: 'silent' }),
    });
    await assert.rejects(
      environment().run(called(pays), { callId: id }),
      (error) => error instanceof ApplicationFailure && error.type === 'Withdrawn' && error.nonRetryable === true,
    );
    assert.equal(seen.length, 0);
  });
});

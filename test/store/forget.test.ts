import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { v7 as uuid } from 'uuid';
import { NOTHING } from '../../rules/plan.ts';
import { decideApproval } from '../../store/approval-decisions.ts';
import { storeApprovals } from '../../store/approvals.ts';
import { closePlan } from '../../store/close.ts';
import { findCustomer, type FoundCustomer } from '../../store/customers.ts';
import type { Database } from '../../store/database.ts';
import { storeDecision } from '../../store/decisions.ts';
import { forgetCustomer } from '../../store/forget.ts';
import { adoptContact } from '../../store/moves.ts';
import { takeRows } from '../../store/passes.ts';
import { saveCandidate, saveSnapshot } from '../../store/records.ts';
import { createRelayStore } from '../../store/relay.ts';
import type { Tables } from '../../store/schema.ts';
import { finishStep } from '../../store/steps.ts';
import { addCustomer, addRow } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { proposal } from './held-plan.ts';
import { type Planned, Planning, step } from './planning.ts';

const NAME = 'Norabel Quillfeather';
const EMAIL_KEY = 'cafe0001cafe0001';

interface Person extends Planned {
  found: FoundCustomer;
  contactRecordId: string;
}

let people = 0;

onBothDatabases('forgetting', (openTestDatabase) => {
  let database: Database;
  let planning: Planning;

  before(async () => {
    ({ database } = await openTestDatabase());
    await addConnection(database);
    planning = new Planning(database);
  });

  const within = <T>(work: (tx: Parameters<typeof storeApprovals>[0]) => Promise<T>): Promise<T> =>
    database.db.transaction().execute(work);

  /** Somebody of whom every table knows something. */
  async function somebody(name: string, emailKey: string): Promise<Person> {
    const { db } = database;
    const n = ++people;
    const [contactId, referralId] = [`contact-${n}`, `referral-${n}`];
    const data = { firstName: name, email: `${name}@example.com` };
    const { customerId, records } = await addCustomer(database, {
      [contactId]: { kind: 'contact', linked: true, data, emailKey },
      [referralId]: { kind: 'referral', linked: true, data, emailKey },
    });
    const [contactRecordId, recordId] = [String(records[contactId]), String(records[referralId])];
    const address = { kind: 'address', vendor_id: emailKey, customer_id: customerId, connection_id: 'default' };
    await db
      .insertInto('records')
      .values({ id: uuid(), ...address })
      .execute();
    const rowId = await addRow(database, recordId, 'referral');
    const body = Buffer.from(JSON.stringify({ name }));
    await db.updateTable('inbox').set({ body, email_key: emailKey }).where('id', '=', rowId).execute();
    const fact = {
      key: `${recordId}|referral.added|0`,
      recordId,
      kind: 'referral.added',
      version: 0,
      data: { name },
    } as const;
    const customer = { customerId, recordId, rowId, fact };
    await saveCandidate(db, recordId, contactId, data, false);
    await db
      .insertInto('claims')
      .values({ connection_id: 'default', key: `email:${emailKey}`, customer_id: customerId, vendor_id: contactId })
      .execute();
    const line = {
      reference: `rb:${String(n).padStart(8, '0')}`,
      kind: 'task',
      text: name,
      dueDate: null,
      done: false,
      itemId: null,
      source: name,
      typed: false,
      vanished: 0,
      removed: false,
      recordId,
      step: null,
      itemStep: null,
    } as const;
    const { planId } = await planning.store(customer, {
      facts: [fact],
      steps: [
        step(customer, 'task', {
          input: { contactId, title: name },
          changes: [{ field: 'title', before: name, after: name }],
          sentence: `created the task ${name}`,
        }),
      ],
      merges: [{ recordId, field: 'firstName', ghl: name, rr: name }],
      highlights: [{ recordId, value: { note: name } }],
      lines: [line],
      approvals: [proposal(customer, { sentence: name })],
      sentences: [`matched ${name}`],
    });
    await planning.finish({ planId, steps: [] }, 0, { id: `task-${n}`, record: { title: name } });
    await db
      .insertInto('baselines')
      .values({
        record_id: recordId,
        side: 'ghl',
        field: 'firstName',
        value: JSON.stringify(name),
        pending: 'null',
        refused: 'null',
      })
      .execute();
    await db
      .insertInto('lines')
      .values({
        reference: line.reference,
        connection_id: 'default',
        record_id: recordId,
        kind: 'task',
        text: name,
        source: name,
      })
      .execute();
    const asking = { planId, connectionId: 'default', trigger: 'referral' };
    const draft = proposal(customer, { proposal: { name }, pays: [name], sentence: name });
    await within((tx) => storeApprovals(tx, asking, null, [draft]));
    const found = await findCustomer(db, contactId);
    assert.ok(found);
    return { ...customer, found, contactRecordId };
  }

  /** All that the database holds, a text for each table. */
  async function everything(): Promise<string> {
    const { rows: tables } = await sql<{ name: keyof Tables }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_name not like 'kysely%' order by 1`.execute(database.db);
    const texts = await Promise.all(
      tables.map(async ({ name }) => {
        const { rows } = await sql<{ row: string }>`
          select row_to_json(t)::text as row from ${sql.table(name)} t`.execute(database.db);
        return rows.map(
          ({ row }) =>
            `${name}: ${row.replaceAll(/\\\\x([0-9a-f]+)/g, (_, hex: string) => Buffer.from(hex, 'hex').toString())}`,
        );
      }),
    );
    return texts.flat().join('\n');
  }
  const mentions = (text: string, name: string): string[] => text.split('\n').filter((row) => row.includes(name));
  const rowOf = ({ rowId }: Planned) =>
    database.db.selectFrom('inbox').selectAll().where('id', '=', rowId).executeTakeFirstOrThrow();
  /** The customer's next pass takes what there is to do. */
  const take = async ({ customerId }: Planned) => {
    await createRelayStore(database).place();
    return takeRows(database.db, customerId, 'run-2');
  };

  it('erases all personal data of a customer from every table, and nothing of others', async () => {
    const person = await somebody(NAME, EMAIL_KEY);
    const other = await somebody('Otto Untouched', 'beef0002beef0002');
    const before = await everything();
    for (const table of [
      'approvals',
      'baselines',
      'candidates',
      'facts',
      'inbox',
      'lines',
      'plans',
      'snapshots',
      'steps',
    ])
      assert.ok(
        mentions(before, NAME).some((row) => row.startsWith(`${table}: `)),
        `${table} knows the name`,
      );
    const kept = mentions(before, 'Otto Untouched');

    const forgotten = await forgetCustomer(database.db, person.found);
    const after = await everything();
    assert.deepEqual(mentions(after, NAME), []);
    assert.deepEqual(mentions(after, EMAIL_KEY), []);
    assert.deepEqual(mentions(after, 'Otto Untouched'), kept);
    assert.deepEqual(forgotten, { records: 3, events: 1, decisions: 1 });
    assert.equal((await rowOf(other)).status, 'running');
  });

  it('gives up what was planned and closes what was open', async () => {
    const person = await somebody(NAME, 'cafe0003');
    await forgetCustomer(database.db, person.found);
    const plans = await database.db.selectFrom('plans').select('status').where('focus', '=', person.recordId).execute();
    assert.deepEqual(plans, [{ status: 'given-up' }]);
    const row = await rowOf(person);
    assert.deepEqual([row.status, row.sentence], ['ignored', 'Forgotten at a person’s request.']);
    const [approval] = await database.db
      .selectFrom('approvals')
      .select(['id', 'outcome'])
      .where('record_id', '=', person.recordId)
      .execute();
    assert.equal(approval?.outcome, 'superseded');
    assert.equal((await decideApproval(database.db, approval?.id ?? '', { approve: true }, 'x')).outcome, 'decided');
  });

  it('erases also events that are not placed yet, or never will be', async () => {
    const person = await somebody(NAME, 'cafe0004');
    const values = { source: 'ghl', event: 'ContactUpdate', connection_id: 'default', status: 'stored' } as const;
    const body = Buffer.from(NAME);
    await database.db
      .insertInto('inbox')
      .values([
        { id: uuid(), ...values, body, record_kind: 'contact', vendor_id: person.found.contactId, trigger: 'contact' },
        { id: uuid(), ...values, body, record_kind: 'contact', vendor_id: 'elsewhere', email_key: 'cafe0004' },
        // A message, say: no trigger handles it.
        { id: uuid(), ...values, body, status: 'ignored', parent_kind: 'contact', parent_id: person.found.contactId },
      ])
      .execute();
    await forgetCustomer(database.db, person.found);
    assert.deepEqual(mentions(await everything(), NAME), []);
  });

  it('takes the contact from the candidates of others, and from what they are asked', async () => {
    const person = await somebody(NAME, 'cafe0005');
    const other = await planning.customer();
    await saveCandidate(database.db, other.recordId, person.found.contactId, { firstName: NAME }, false);
    const { planId } = await planning.store(other, {});
    const candidates = [
      { contactId: person.found.contactId, sentence: NAME },
      { contactId: 'c-2', sentence: 'Jane' },
    ];
    const asking = { planId, connectionId: 'default', trigger: 'referral' };
    await within((tx) => storeApprovals(tx, asking, null, [proposal(other, { kind: 'ambiguous', candidates })]));
    await forgetCustomer(database.db, person.found);
    assert.deepEqual(mentions(await everything(), NAME), []);
    const left = await database.db
      .selectFrom('approvals')
      .select('candidates')
      .where('record_id', '=', other.recordId)
      .executeTakeFirstOrThrow();
    assert.deepEqual(left.candidates, [candidates[1]]);
  });

  it('puts aside what comes about it later, and says why', async () => {
    const person = await somebody(NAME, 'cafe0006');
    await forgetCustomer(database.db, person.found);
    const rowId = await addRow(database, person.contactRecordId, 'contact');
    await database.db
      .updateTable('inbox')
      .set({ status: 'stored', body: Buffer.from(NAME) })
      .where('id', '=', rowId)
      .execute();
    assert.deepEqual(await take(person), []);
    const row = await rowOf({ ...person, rowId });
    assert.deepEqual([row.status, row.sentence], ['ignored', 'Forgotten at a person’s request.']);
    assert.deepEqual(mentions(await everything(), NAME), []);
  });

  it('erases what a pass wrote that was under way, once that has ended', async () => {
    const person = await somebody(NAME, 'cafe0007');
    const steps = await database.db
      .selectFrom('steps')
      .innerJoin('plans', 'plans.id', 'steps.plan_id')
      .select('steps.id')
      .where('plans.focus', '=', person.recordId)
      .execute();
    await forgetCustomer(database.db, person.found);
    await finishStep(database.db, String(steps[0]?.id), { record: { title: NAME } });
    await saveSnapshot(database.db, person.contactRecordId, { firstName: NAME }, 'cafe0007');
    assert.notDeepEqual(mentions(await everything(), NAME), []);
    assert.deepEqual(await take(person), []);
    const after = await everything();
    assert.deepEqual([mentions(after, NAME), mentions(after, 'cafe0007')], [[], []]);
    assert.equal((await findCustomer(database.db, person.found.contactId))?.isForgotten, true);
  });

  it('lets a pass that is under way decide nothing any more', async () => {
    const person = await somebody(NAME, 'cafe0008');
    const state = await planning.state(person);
    await forgetCustomer(database.db, person.found);
    const decision = { outcome: 'act', plan: { ...NOTHING, sentences: [NAME] } } as const;
    assert.equal(await storeDecision(database.db, planning.frame(person), state, decision), undefined);
    assert.deepEqual(mentions(await everything(), NAME), []);
  });

  it('knows the contact again once somebody new is matched with it', async () => {
    const person = await somebody(NAME, 'cafe0009');
    await forgetCustomer(database.db, person.found);
    const newcomer = await planning.customer();
    const adopted = await within((tx) =>
      adoptContact(tx, 'default', newcomer.customerId, person.found.contactId, false),
    );
    assert.deepEqual(adopted, { recordId: person.contactRecordId });
    const found = await findCustomer(database.db, person.found.contactId);
    assert.deepEqual([found?.customerId, found?.isForgotten, found?.isGone], [newcomer.customerId, false, false]);
  });

  it('rings whoever waited for its claim', async () => {
    const person = await somebody(NAME, 'cafe0010');
    const waiter = await planning.customer();
    await database.db
      .updateTable('customers')
      .set({ waiting_for: 'email:cafe0010' })
      .where('id', '=', waiter.customerId)
      .execute();
    await forgetCustomer(database.db, person.found);
    const { waiting_for, ring_again_at } = await database.db
      .selectFrom('customers')
      .selectAll()
      .where('id', '=', waiter.customerId)
      .executeTakeFirstOrThrow();
    assert.deepEqual([waiting_for, ring_again_at === null], [null, false]);
  });

  it('stands in nobody’s way, nor anybody in its: a plan that closes, the relay that rings', async () => {
    const relay = createRelayStore(database);
    for (let n = 0; n < 25; n++) {
      const contactId = `hurried-${n}`;
      const contact = { kind: 'contact', linked: true, data: { firstName: NAME } } as const;
      const { customerId, records } = await addCustomer(database, { [contactId]: contact });
      const recordId = String(records[contactId]);
      const fact = { key: `${recordId}|x|0`, recordId, kind: 'contact.deleted', version: 0, data: {} } as const;
      const customer = { customerId, recordId, fact, rowId: await addRow(database, recordId, 'contact') };
      const { planId } = await planning.store(customer, { steps: [step(customer, 'task')] });
      for (const _ of 'abc') {
        const rowId = await addRow(database, recordId, 'contact');
        const fresh = { status: 'stored', rung_at: null } as const;
        await database.db.updateTable('inbox').set(fresh).where('id', '=', rowId).execute();
      }
      const found = await findCustomer(database.db, contactId);
      assert.ok(found);
      const ringing = async (): Promise<void> => {
        for (const _ of 'abcd') await relay.claimNew(16);
      };
      await Promise.all([closePlan(database.db, planId), forgetCustomer(database.db, found), ringing()]);
    }
    assert.deepEqual(mentions(await everything(), NAME), []);
  });
});

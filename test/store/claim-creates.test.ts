import assert from 'node:assert/strict';
import { fulfilClaims } from '../../store/claims.ts';
import { closePlan } from '../../store/close.ts';
import type { Database } from '../../store/database.ts';
import { storeDecision } from '../../store/decisions.ts';
import { type ClaimKey, NOTHING } from '../../rules/plan.ts';
import type { StoredPlan } from '../../store/plans.ts';
import { addRow } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { type Planned, Planning, step } from './planning.ts';

onBothDatabases('what is made or done once', (open) => {
  let database: Database;
  let planning: Planning;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    planning = new Planning(database);
  });

  const creates = (customer: Planned, ...claims: ClaimKey[]): Promise<StoredPlan> =>
    planning.store(customer, { steps: [step(customer, 'create', { claims, summary: 'set status' })] });
  /** As `creates`, where it may come to no plan. */
  async function tries(customer: Planned, ...claims: ClaimKey[]): Promise<StoredPlan | undefined> {
    const steps = [step(customer, 'create', { claims })];
    const state = await planning.state(customer);
    return storeDecision(database.db, planning.frame(customer), state, {
      outcome: 'act',
      plan: { ...NOTHING, steps },
    });
  }
  const fulfil = ({ customerId }: Planned, key: string, vendorId: string): Promise<void> =>
    database.db.transaction().execute((tx) => fulfilClaims(tx, 'default', customerId, [key], vendorId));
  const waitingFor = async ({ customerId }: Planned): Promise<string | null> =>
    (
      await database.db
        .selectFrom('customers')
        .select('waiting_for')
        .where('id', '=', customerId)
        .executeTakeFirstOrThrow()
    ).waiting_for;
  const customers = (): Promise<[Planned, Planned, Planned]> =>
    Promise.all([planning.customer(), planning.customer(), planning.customer()]);

  it('is waited for while another customer makes it: a custom field of the location', async () => {
    const [one, other] = await customers();
    const claim = { kind: 'field', value: one.recordId } as const;
    await creates(one, claim);
    assert.equal(await tries(other, claim), undefined);
    assert.equal(await waitingFor(other), `field:${one.recordId}`);
    await fulfil(one, `field:${one.recordId}`, 'field-1');
    assert.equal(await waitingFor(other), null);
    assert.equal((await planning.row(other)).status, 'running', 'its rows stay open');
  });

  it('is not claimed by a step that waits for approval', async () => {
    const [one, other] = await customers();
    const claims = [{ kind: 'member', value: one.recordId }] as const;
    await planning.store(one, {
      steps: [step(one, 'member', { claims, mode: 'hold' }), step(one, 'field', { claims, after: ['member'] })],
    });
    assert.ok(await tries(other, ...claims));
  });

  it('is held for a person to choose when its keys are of two contacts', async () => {
    const [one, other, third] = await customers();
    const [email, phone] = (['email', 'phone'] as const).map((kind) => ({ kind, value: one.recordId }));
    assert.ok(email && phone);
    await creates(one, email);
    await creates(other, phone);
    assert.equal(await tries(third, email, phone), undefined, 'not before both are made');
    await fulfil(one, `email:${one.recordId}`, 'contact-1');
    await fulfil(other, `phone:${one.recordId}`, 'contact-2');
    const plan = await tries(third, email, phone);
    assert.deepEqual(plan?.steps, []);
    await closePlan(database.db, plan?.planId ?? '');
    const { status, sentence } = await planning.row(third);
    assert.equal(status, 'held');
    assert.match(String(sentence), /^Held: contacts contact-1 and contact-2 stand for this e-mail/);
    const [approval] = await database.db
      .selectFrom('approvals')
      .select(['kind', 'candidates'])
      .where('record_id', '=', third.recordId)
      .execute();
    assert.equal(approval?.kind, 'ambiguous');
    assert.deepEqual(
      approval.candidates.map(({ contactId }) => contactId),
      ['contact-1', 'contact-2'],
    );
  });

  it('is looked at again, not held, when one contact has all of its keys', async () => {
    const [one, , third] = await customers();
    const claims = (['email', 'phone'] as const).map((kind) => ({ kind, value: one.recordId }));
    await creates(one, ...claims);
    for (const { kind } of claims) await fulfil(one, `${kind}:${one.recordId}`, 'contact-1');
    assert.equal(await tries(third, ...claims), undefined);
  });

  describe('a status that was set once', () => {
    async function setOnce(): Promise<{ customer: Planned; claim: ClaimKey }> {
      const customer = await planning.customer();
      const claim = { kind: 'status', value: `${customer.recordId} approved` } as const;
      const plan = await creates(customer, claim);
      await planning.finish(plan, 0);
      await fulfil(customer, `status:${claim.value}`, 'referral-1');
      await closePlan(database.db, plan.planId);
      const rowId = await addRow(database, customer.recordId, 'referral');
      return { customer: { ...customer, rowId }, claim };
    }

    it('is not planned again, nor what needs it, nor asked for; the plan says so', async () => {
      const { customer, claim } = await setOnce();
      const plan = await planning.store(customer, {
        steps: [
          step(customer, 'status', { claims: [claim], mode: 'hold', summary: 'set status', factKey: null }),
          step(customer, 'tell', { after: ['status'] }),
          step(customer, 'note'),
        ],
        approvals: [
          {
            kind: 'status',
            recordId: customer.recordId,
            proposal: {},
            pays: [],
            candidates: [],
            steps: ['status'],
            sentence: 'approve?',
          },
        ],
      });
      assert.equal(plan.steps.length, 1);
      await planning.finish(plan, 0);
      await closePlan(database.db, plan.planId);
      const { status, sentence } = await planning.row(customer);
      assert.deepEqual(
        [status, sentence],
        ['done', 'Left out, because it was done once already: set status; created the note.'],
      );
    });

    it('is told of as done by a plan that takes the very step over', async () => {
      const { customer, claim } = await setOnce();
      const plan = await creates(customer, claim);
      assert.deepEqual(
        plan.steps.map(({ done }) => done),
        [true],
      );
    });
  });
});

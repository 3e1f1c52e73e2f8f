import assert from 'node:assert/strict';
import { type Brake, brakeOf, type BrakeCounts, loadOf } from '../../rules/brakes.ts';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import { act, type StepDraft } from '../../rules/plan.ts';
import type { CustomerState } from '../../rules/state.ts';

const NONE: BrakeCounts = { creates: 0, deletes: 0, optOuts: 0, changes: 0, links: 0 };
const one = (brake: Brake): Record<Brake, number> => ({ creates: 0, deletes: 0, optOuts: 0, changes: 0, [brake]: 1 });
const stateOf = (trigger: string, mode: 'live' | 'observe' = 'live'): CustomerState =>
  ({ trigger, connection: { mode } }) as CustomerState;
const step = (operation: string, more: Partial<StepDraft> = {}): StepDraft =>
  ({ operation, mode: 'live', changes: [], ...more }) as StepDraft;

describe('brakes', () => {
  for (const [brake, counts, holds] of [
    ['creates', { creates: 499 }, false],
    ['creates', { creates: 500 }, true],
    ['deletes', { deletes: 49 }, false],
    ['deletes', { deletes: 50 }, true],
    ['optOuts', { optOuts: 49 }, false],
    ['optOuts', { optOuts: 50 }, true],
    ['changes', { changes: 199, links: 100 }, false],
    ['changes', { changes: 200, links: 4_000 }, true],
    ['changes', { changes: 200, links: 10_000 }, false],
    ['changes', { changes: 500, links: 10_000 }, true],
  ] as const)
    it(`${holds ? 'holds' : 'lets pass'} one more of ${brake} after ${JSON.stringify(counts)}`, () => {
      const found = brakeOf(defaultRules.settings, one(brake), { ...NONE, ...counts });
      assert.equal(found?.brake, holds ? brake : undefined);
    });

  it('does not hold what adds nothing to a brake that is past its limit', () => {
    const counts = { creates: 900, deletes: 900, optOuts: 900, changes: 900, links: 0 };
    assert.equal(brakeOf(defaultRules.settings, { creates: 0, deletes: 0, optOuts: 0, changes: 0 }, counts), undefined);
  });

  it('counts what a plan makes, deletes, opts out and changes', () => {
    const load = (...steps: StepDraft[]) => loadOf(stateOf('contact'), act({ steps }));
    assert.deepEqual(
      load(step('ghl.contact.create'), step('ghl.contact.add-tags'), step('ghl.task.create')),
      one('creates'),
    );
    assert.deepEqual(load(step('ghl.task.delete')), one('deletes'));
    assert.deepEqual(load(step('referral-rock.email.unsubscribe')), one('optOuts'));
    assert.deepEqual(load(step('ghl.contact.update'), step('referral-rock.member.update')), one('changes'));
  });

  it('counts nothing of a step that is not carried out, of an observing connection, and of what a person decided', () => {
    const steps = [step('ghl.contact.create', { mode: 'hold' }), step('ghl.note.delete', { mode: 'observe' })];
    const none = { creates: 0, deletes: 0, optOuts: 0, changes: 0 };
    assert.deepEqual(loadOf(stateOf('contact'), act({ steps })), none);
    const create = act({ steps: [step('ghl.contact.create')] });
    assert.deepEqual(loadOf(stateOf('contact', 'observe'), create), none);
    for (const trigger of ['approval', 'undo']) assert.deepEqual(loadOf(stateOf(trigger), create), none);
  });
});

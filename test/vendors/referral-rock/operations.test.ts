import assert from 'node:assert/strict';
import { operations } from '../../../vendors/operations.ts';

const all = [...operations.values()].filter(({ vendor }) => vendor === 'referral-rock');
const idsWhere = (wanted: (operation: (typeof all)[number]) => boolean): string[] =>
  all
    .filter(wanted)
    .map(({ id }) => id.replace('referral-rock.', ''))
    .toSorted();

describe('the operations of Referral Rock', () => {
  it('are all that its API has', () => {
    assert.deepEqual(
      idsWhere(() => true),
      [
        'customer.feed',
        'email.get-unsubscribed',
        'email.resubscribe',
        'email.unsubscribe',
        'hook.create',
        'hook.delete',
        'hook.list-deliveries',
        'invite.create',
        'invite.create-many',
        'member-access.create',
        'member-access.create-urls',
        'member.create',
        'member.get-stats',
        'member.list',
        'member.remove',
        'member.set-payout',
        'member.update',
        'payout.create-transaction',
        'payout.list',
        'payout.list-pending',
        'payout.list-transactions',
        'program.get',
        'program.list',
        'program.list-reward-rules',
        'referral-action.create',
        'referral.create',
        'referral.get',
        'referral.list',
        'referral.post-status',
        'referral.remove',
        'referral.set-status',
        'referral.update',
        'reward.create',
        'reward.issue',
        'reward.list',
        'reward.remove',
        'reward.update',
      ],
    );
  });

  it('are money where they may create, change or pay out a reward (design promise 4), and where they say who is paid', () => {
    assert.deepEqual(
      idsWhere(({ effect }) => effect === 'money'),
      [
        'customer.feed',
        'member.remove',
        'member.set-payout',
        'payout.create-transaction',
        'referral-action.create',
        'referral.create',
        'referral.post-status',
        'referral.remove',
        'referral.set-status',
        'reward.create',
        'reward.issue',
        'reward.remove',
        'reward.update',
      ],
    );
  });

  it('creates what a repeat would double', () => {
    assert.deepEqual(
      idsWhere(({ creates }) => creates),
      [
        'customer.feed',
        'hook.create',
        'invite.create',
        'invite.create-many',
        'member.create',
        'payout.create-transaction',
        'referral-action.create',
        'referral.create',
        'reward.create',
      ],
    );
  });

  it('name a present operation in place of each deprecated one', () => {
    const deprecated = all.filter((operation) => operation.deprecated !== undefined);
    assert.equal(deprecated.length, 2);
    for (const operation of deprecated) assert.ok(operations.has(String(operation.deprecated)), operation.id);
  });

  it('say in sentences what is not proven of them', () => {
    for (const { id, unsure = [] } of all) for (const sentence of unsure) assert.match(sentence, /^[A-Z].*\.$/, id);
  });
});

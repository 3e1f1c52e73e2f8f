import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { mayJoin } from '../../../rules/actions/joining.ts';
import type { Action } from '../../../rules/rule-set.ts';

const step = (operation: string) => ({ name: 'one', operation, input: {}, sentence: '' });
const JOINING: Action = {
  id: 'join',
  title: 'Join',
  mode: 'live',
  when: 'contact.tag.added',
  if: { all: [{ field: 'fact.tag', is: 'equals', value: 'Referral-Member' }] },
  do: [step('referral-rock.member.create')],
};

describe('a contact may join', () => {
  const tagged = (tags: unknown, ...actions: Action[]) => mayJoin({ ...defaultRules, actions }, { tags });

  for (const [what, tags, action, expected] of [
    ['by the tag that the action asks for, in any casing', ['vip', 'REFERRAL-member'], {}, true],
    ['not by another tag', ['vip'], {}, false],
    ['while the action only watches: what it would do is to be said', ['referral-member'], { mode: 'observe' }, true],
    ['not by an action that is off', ['referral-member'], { mode: 'off' }, false],
    ['not by an action on another fact', ['referral-member'], { when: 'contact.tag.removed' }, false],
    ['not by an action that makes no member', ['referral-member'], { do: [step('ghl.note.create')] }, false],
    ['by any tag, where the action asks for none', ['vip'], { if: {} }, true],
    ['not without tags', undefined, { if: {} }, false],
    ['not by our own tags alone', ['rr-member'], { if: {} }, false],
  ] as const) {
    it(what, () => assert.equal(tagged(tags, { ...JOINING, ...action }), expected));
  }
});

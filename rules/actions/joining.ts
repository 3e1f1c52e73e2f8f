import { testsIn } from './conditions.ts';
import { tagsOf } from '../facts/contact-facts.ts';
import { type Action, type Rules, stepsOf } from '../rule-set.ts';
import type { Data } from '../records.ts';
import { asTag } from '../facts/tags.ts';

/**
 * Whether a tag that the contact has may make a member of it: it is looked for at Referral Rock before that is decided. An action that
 * asks for no certain tag is fired by any.
 */
export function mayJoin({ actions }: Rules, contact: Data): boolean {
  const tags = tagsOf(contact);
  return actions.filter(makesMembers).some((action) => {
    const asked = tagsAsked(action);
    return asked.length === 0 ? tags.length > 0 : asked.some((tag) => tags.includes(tag));
  });
}

function makesMembers(action: Action): boolean {
  return (
    action.mode !== 'off' &&
    action.when === 'contact.tag.added' &&
    stepsOf(action).some(({ operation }) => operation === 'referral-rock.member.create')
  );
}

function tagsAsked({ if: conditions }: Action): string[] {
  const asked = testsIn(conditions).filter(
    ([, , { field, is, not }]) => field === 'fact.tag' && is === 'equals' && !not,
  );
  return asked.map(([, , { value }]) => asTag(value ?? ''));
}

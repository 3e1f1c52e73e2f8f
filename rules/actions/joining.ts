import { tagsOf } from '../facts/contact-facts.ts';
import type { Action, Rules } from '../rule-set.ts';
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

function makesMembers({ mode, when, do: steps }: Action): boolean {
  return (
    mode !== 'off' &&
    when === 'contact.tag.added' &&
    steps.some(({ operation }) => operation === 'referral-rock.member.create')
  );
}

function tagsAsked({ if: conditions }: Action): string[] {
  return (conditions ?? []).filter(({ value }) => /\bfact\.tag\b/u.test(value)).map(({ equals }) => asTag(equals));
}

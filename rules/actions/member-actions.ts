import { addTag } from './ready-steps.ts';
import type { Action, ActionStep } from '../rule-set.ts';

const removeMemberTag: ActionStep = {
  name: 'member-tag',
  operation: 'ghl.contact.remove-tags',
  input: { contactId: '{{ contact.id }}', tags: ['rr-member'] },
  sentence: 'removed the tag of a member',
};

/** What happens about members, and what makes one. */
export const memberActions: readonly Action[] = [
  {
    id: 'member-tag',
    title: 'Tag the contact of a member',
    mode: 'live',
    when: 'member.added',
    if: { all: [{ field: 'member.disabled', is: 'equals', value: 'no' }] },
    do: [addTag('rr-member', 'tagged the contact as a member')],
  },
  {
    id: 'member-tag-again',
    title: 'Tag the contact of a member who is enabled again',
    mode: 'live',
    when: 'member.enabled',
    do: [addTag('rr-member', 'tagged the contact as a member again')],
  },
  {
    id: 'member-tag-removed',
    title: 'Remove the tag when the last member of a contact is disabled',
    mode: 'live',
    when: 'member.disabled',
    do: [removeMemberTag],
  },
  {
    id: 'member-deleted',
    title: 'Remove the tag when the last member of a contact is deleted',
    mode: 'live',
    when: 'member.deleted',
    do: [removeMemberTag],
  },
  {
    id: 'join-by-tag',
    title: 'Make a member of a contact that is tagged referral-member',
    mode: 'live',
    when: 'contact.tag.added',
    if: { all: [{ field: 'fact.tag', is: 'equals', value: 'referral-member' }] },
    do: [
      {
        name: 'join',
        operation: 'referral-rock.member.create',
        input: {
          programId: '{{ connection.defaultProgramId }}',
          firstName: '{{ contact.firstName }}',
          lastName: '{{ contact.lastName }}',
          email: '{{ contact.email }}',
          phone: '{{ contact.phone }}',
          externalIdentifier: '{{ contact.id }}',
        },
        sentence: 'made a member of the contact',
      },
      addTag('rr-member', 'tagged the contact as a member'),
    ],
  },
  {
    id: 'unsubscribed-tag',
    title: 'Tag the contact whose address opted out in Referral Rock',
    mode: 'live',
    when: 'email.unsubscribed',
    do: [addTag('rr-unsubscribed', 'tagged the contact as unsubscribed')],
  },
];

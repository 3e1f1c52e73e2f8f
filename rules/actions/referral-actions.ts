import { leaveNote } from './ready-steps.ts';
import type { Action, Conditions } from '../rule-set.ts';

const PERSON = `{{ contact.name | default: 'the referred person' }}`;

/** A referral that was taken for deleted and is there again has had its task and note. */
const FOR_THE_FIRST_TIME: Conditions = { all: [{ field: 'fact.again', is: 'exists', not: true }] };

/** What a contact is tagged with for one referral. */
const REFERRAL_TAGS = [
  'rr-referral',
  '{% if referral.programName != blank %}rr-program:{{ referral.programName }}{% endif %}',
  '{% if referral.source != blank %}rr-source:{{ referral.source }}{% endif %}',
  '{{ referral.statusTag }}',
];

/** What happens in GHL about a referral. */
export const referralActions: readonly Action[] = [
  {
    id: 'referral-tags',
    title: 'Tag the contact of a new referral',
    mode: 'live',
    when: 'referral.added',
    do: [
      {
        name: 'tags',
        operation: 'ghl.contact.add-tags',
        input: {
          contactId: '{{ contact.id }}',
          tags: REFERRAL_TAGS,
        },
        sentence: 'tagged the contact as a referral',
      },
    ],
  },
  {
    id: 'onboarding-task',
    title: 'Create one onboarding task for a new referral',
    mode: 'live',
    when: 'referral.added',
    if: FOR_THE_FIRST_TIME,
    do: [
      {
        name: 'onboarding-task',
        operation: 'ghl.task.create',
        input: {
          contactId: '{{ contact.id }}',
          title: `Call ${PERSON} (referred by {{ referral.memberName | default: 'a member' }})`,
          body: 'New referral in {{ referral.programName }}.',
          dueDate: '{{ now | due: 1, 17, connection.timeZone }}',
          completed: false,
          assignedTo: '{{ contact.assignedTo }}',
        },
        sentence: 'created the onboarding task',
      },
    ],
  },
  {
    id: 'referral-note',
    title: 'Note on the contact who referred it',
    mode: 'live',
    when: 'referral.added',
    if: FOR_THE_FIRST_TIME,
    do: [
      {
        name: 'note',
        operation: 'ghl.note.create',
        input: {
          contactId: '{{ contact.id }}',
          body: `Referred by {{ referral.memberName | default: 'a member' }} in {{ referral.programName }}, status {{ referral.status }}{% if referral.amount != blank %}, amount {{ referral.amount }}{% endif %}.{% if referral.note != blank %}\n{{ referral.note }}{% endif %}`,
        },
        sentence: 'left a note with who referred',
      },
    ],
  },
  {
    id: 'status-tag',
    title: 'Swap the status tag when a referral changes status',
    mode: 'live',
    when: 'referral.status',
    do: [
      {
        name: 'old-status-tag',
        operation: 'ghl.contact.remove-tags',
        input: { contactId: '{{ contact.id }}', tags: ['{{ fact.fromTag }}'] },
        sentence: 'removed the tag of the old status',
      },
      {
        name: 'status-tag',
        operation: 'ghl.contact.add-tags',
        // Not the fact's: a fact that had to wait may have been overtaken by the next status.
        input: { contactId: '{{ contact.id }}', tags: ['{{ referral.statusTag }}'] },
        sentence: 'tagged the contact {{ referral.statusTag }}',
      },
    ],
  },
  {
    id: 'referral-changes-note',
    title: 'Note the highlights of a changed referral',
    mode: 'live',
    when: 'referral.changed',
    do: [
      {
        name: 'changes-note',
        operation: 'ghl.note.create',
        input: {
          contactId: '{{ contact.id }}',
          body: `{{ now | day: connection.timeZone }} referral in {{ referral.programName }}:{% if fact.status %}\nstatus {{ fact.status.from }} → {{ fact.status.to }}{% endif %}{% if fact.note %}\nnote: {{ fact.note.to }}{% endif %}{% if fact.publicNote %}\npublic note: {{ fact.publicNote.to }}{% endif %}`,
        },
        sentence: 'left a note with the changes',
      },
    ],
  },
  {
    id: 'referral-deleted',
    title: 'Remove the tags of a deleted referral, and say so in a note',
    mode: 'live',
    when: 'referral.deleted',
    do: [
      {
        name: 'deleted-tags',
        operation: 'ghl.contact.remove-tags',
        input: { contactId: '{{ contact.id }}', tags: REFERRAL_TAGS },
        sentence: 'removed the tags of the referral',
      },
      leaveNote(
        'deleted-note',
        '{{ now | day: connection.timeZone }} referral in {{ referral.programName }} was deleted in Referral Rock{% if fact.status != blank %}; it was {{ fact.status }}{% endif %}.',
        'left a note of the deletion',
      ),
    ],
  },
];

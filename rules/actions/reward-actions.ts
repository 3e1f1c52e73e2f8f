import { addTag, leaveNote } from './ready-steps.ts';
import type { Action } from '../rule-set.ts';

const NOTE_OF_REWARD = `{{ now | day: connection.timeZone }} reward of {{ reward.money }}{% if reward.programName != blank %} in {{ reward.programName }}{% endif %}`;

/** What happens in GHL about a reward. */
export const rewardActions: readonly Action[] = [
  {
    id: 'reward-note',
    title: 'Note a new reward on the contact of its recipient',
    mode: 'live',
    when: 'reward.added',
    do: [
      leaveNote(
        'reward-note',
        `${NOTE_OF_REWARD}{% if reward.description != blank %}: {{ reward.description }}{% endif %}`,
        'left a note of the reward',
      ),
    ],
  },
  {
    id: 'reward-change-note',
    title: 'Note a changed amount of a reward',
    mode: 'live',
    when: 'reward.changed',
    if: { all: [{ field: 'reward.amount', is: 'changed' }] },
    do: [
      leaveNote(
        'reward-change-note',
        `${NOTE_OF_REWARD}: the amount was {{ fact.amount.from }} before`,
        'left a note of the changed reward',
      ),
    ],
  },
  {
    id: 'reward-deleted-note',
    title: 'Note that a reward was deleted',
    mode: 'live',
    when: 'reward.deleted',
    do: [
      leaveNote(
        'reward-deleted-note',
        `${NOTE_OF_REWARD} was deleted in Referral Rock`,
        'left a note of the deleted reward',
      ),
    ],
  },
  {
    id: 'reward-issued',
    title: 'Tag the contact whose reward was issued, and note it',
    mode: 'live',
    when: 'reward.issued',
    do: [
      addTag('rr-reward-issued', 'tagged the contact as rewarded'),
      leaveNote('issued-note', `${NOTE_OF_REWARD} was issued`, 'left a note of the issued reward'),
    ],
  },
  {
    id: 'reward-fulfilment-task',
    title: 'Create a task to hand over a new reward',
    mode: 'off',
    when: 'reward.added',
    do: [
      {
        name: 'fulfilment-task',
        operation: 'ghl.task.create',
        input: {
          contactId: '{{ contact.id }}',
          title: `Hand over the reward of {{ reward.money }} to {{ contact.name | default: 'the contact' }}`,
          body: '{{ reward.description }}',
          dueDate: '{{ now | due: 3, 17, connection.timeZone }}',
          completed: false,
          assignedTo: '{{ contact.assignedTo }}',
        },
        sentence: 'created a task to hand over the reward',
      },
    ],
  },
];

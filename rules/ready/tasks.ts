import type { Action, ActionStep } from '../rule-set.ts';

const PERSON = `{{ contact.name | default: 'the contact' }}`;

/** A task for whoever the contact is assigned to, due so many days later at 17:00 of the location. */
export const task = (name: string, title: string, body: string, days = 1): ActionStep => ({
  name,
  operation: 'ghl.task.create',
  input: {
    contactId: '{{ contact.id }}',
    title,
    body,
    dueDate: `{{ now | due: ${days}, 17, connection.timeZone }}`,
    completed: false,
    assignedTo: '{{ contact.assignedTo }}',
  },
  sentence: `created the task “${title}”`,
});

export const rewardThankYou: Action = {
  id: 'reward-thank-you',
  title: 'A task to say thank you when a reward is issued',
  mode: 'off',
  when: 'reward.issued',
  do: [
    task('thank-you', `Thank ${PERSON}: their reward of {{ reward.money }} is on its way`, '{{ reward.description }}'),
  ],
};

export const memberWelcome: Action = {
  id: 'member-welcome',
  title: 'A task to welcome a new member',
  mode: 'off',
  when: 'member.added',
  if: {
    all: [
      { field: 'member.disabled', is: 'equals', value: 'no' },
      { field: 'fact.again', is: 'exists', not: true },
    ],
  },
  do: [
    task(
      'welcome',
      `Welcome ${PERSON} as a member of {{ member.programName }}`,
      'Their link: {{ member.referralUrl }}',
    ),
  ],
};

/** Not after a task that asked already. */
export const askForReferral: Action = {
  id: 'ask-for-referral',
  title: 'A task to ask for a referral, a day after a task is completed',
  mode: 'off',
  when: 'task.completed',
  if: { all: [{ field: 'task.title', is: 'contains', value: 'ask', not: true }] },
  do: [
    { wait: { for: '1 business day', until: '09:00' } },
    task('ask', `Ask ${PERSON} for a referral`, 'After “{{ task.title }}”.'),
  ],
};

export const stalePending: Action = {
  id: 'stale-pending',
  title: 'A reminder when a referral is still pending after two weeks',
  mode: 'off',
  when: 'referral.added',
  while: { all: [{ field: 'referral.status', is: 'equals', value: 'pending' }] },
  stopWhen: [{ fact: 'referral.status' }],
  do: [
    { wait: { for: '2 weeks', until: '09:00' } },
    task(
      'reminder',
      `${PERSON}: referral pending for two weeks`,
      'Decide on it in {{ referral.programName }}, or call.',
    ),
  ],
};

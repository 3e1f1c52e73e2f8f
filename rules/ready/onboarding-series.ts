import type { Action, ActionStep } from '../rule-set.ts';
import { task } from './tasks.ts';

const call = (name: string, title: string): ActionStep =>
  task(name, title, 'Referral in {{ referral.programName }}, still {{ referral.status }}.');

/** Tasks over two weeks while a new referral is pending; none comes any more once it is denied or somebody has moved it on. */
export const onboardingSeries: Action = {
  id: 'onboarding-series',
  title: 'Onboarding tasks over two weeks for a new referral',
  mode: 'off',
  when: 'referral.added',
  if: { all: [{ field: 'fact.again', is: 'exists', not: true }] },
  while: { all: [{ field: 'referral.status', is: 'equals', value: 'pending' }] },
  stopWhen: [{ fact: 'referral.status', if: { all: [{ field: 'fact.to', is: 'equals', value: 'denied' }] } }],
  do: [
    { wait: { for: '2 days', until: '09:00' } },
    call('second-call', `Call {{ contact.name | default: 'the referred person' }} again`),
    { wait: { for: '5 days', until: '09:00' } },
    call('offer', `Send {{ contact.name | default: 'the referred person' }} an offer`),
    { wait: { for: '1 week', until: '09:00' } },
    call('last-call', `Last call to {{ contact.name | default: 'the referred person' }}: go on or decline`),
  ],
};

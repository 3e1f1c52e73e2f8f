import type { Action, ActionStep } from '../rule-set.ts';

const setReferral = (referral: ActionStep['input'], sentence: string): ActionStep => ({
  name: 'status',
  operation: 'referral-rock.referral.set-status',
  input: { query: { primaryInfo: { referralId: '{{ referral.id }}' } }, referral },
  sentence,
});

/** Money is a person's to approve: what these do is proposed. */
export const appointmentShowed: Action = {
  id: 'appointment-showed',
  title: 'Propose qualified when the person of a referral showed up at an appointment',
  mode: 'off',
  when: 'appointment.status',
  if: { all: [{ field: 'fact.to', is: 'equals', value: 'showed' }] },
  do: [setReferral({ status: 'qualified' }, 'set the referral qualified, because the person showed up')],
};

export const dealAmount: Action = {
  id: 'deal-amount',
  title: 'Propose the amount of a won deal for the referral',
  mode: 'off',
  when: 'opportunity.status',
  if: {
    all: [
      { field: 'fact.to', is: 'equals', value: 'won' },
      { field: 'opportunity.monetaryValue', is: 'greater', value: '0' },
    ],
  },
  do: [
    setReferral(
      { amount: '{{ opportunity.monetaryValue | number }}' },
      'set the amount of the referral to {{ opportunity.monetaryValue }}, as the deal says',
    ),
  ],
};

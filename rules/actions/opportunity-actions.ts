import type { Action, ActionStep } from '../rule-set.ts';

const setStatus = (status: string, because: string): ActionStep => ({
  name: 'status',
  operation: 'referral-rock.referral.set-status',
  input: { query: { primaryInfo: { referralId: '{{ referral.id }}' } }, referral: { status } },
  sentence: `set the referral ${status}, because the opportunity ${because}`,
});

const STATUS_OF_STATUS = '{{ fact.to | lookup: values.opportunityStatus }}';
const STATUS_OF_STAGE = '{{ fact.stage | lookup: values.opportunityStage }}';

/** What an opportunity proposes about the referral of its contact. */
export const opportunityActions: readonly Action[] = [
  {
    id: 'opportunity-status',
    title: 'Propose a status for the referral of an opportunity that is won or lost',
    mode: 'live',
    when: 'opportunity.status',
    do: [setStatus(STATUS_OF_STATUS, 'is {{ fact.to }}')],
  },
  {
    id: 'opportunity-stage',
    title: 'Propose a status for the referral of an opportunity that reaches a stage',
    mode: 'live',
    when: 'opportunity.stage',
    do: [setStatus(STATUS_OF_STAGE, 'reached {{ fact.stage }}')],
  },
];

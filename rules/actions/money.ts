import { highlightsOf } from '../facts/facts.ts';
import { normalizeText } from '../forms/normalize.ts';
import type { ClaimKey } from '../plan.ts';
import type { Data, LinkState } from '../records.ts';
import type { CustomerState, OpenApproval, ProgramState } from '../state.ts';

/** The operations that may move money: a person approves each one, unless its rule allows it by name. */
export const MONEY_OPERATIONS: ReadonlySet<string> = new Set([
  'referral-rock.customer.feed',
  'referral-rock.member.remove',
  'referral-rock.member.set-payout',
  'referral-rock.payout.create-transaction',
  'referral-rock.referral-action.create',
  'referral-rock.referral.create',
  'referral-rock.referral.post-status',
  'referral-rock.referral.remove',
  'referral-rock.referral.set-status',
  'referral-rock.reward.create',
  'referral-rock.reward.issue',
  'referral-rock.reward.remove',
  'referral-rock.reward.update',
]);

/** Those that set the status or amount of one referral. */
const STATUS_OPERATIONS: ReadonlySet<string> = new Set([
  'referral-rock.referral.set-status',
  'referral-rock.referral.post-status',
]);

/** The referral that a step sets the status or amount of, and to what. */
export interface StatusTarget {
  readonly referral: LinkState;
  readonly status: string;
  readonly amount: unknown;
}

/** What an operation's input says about the status of one of the customer's linked referrals; undefined: nothing. */
export function statusTargetOf(state: CustomerState, operation: string, input: Data): StatusTarget | undefined {
  if (!STATUS_OPERATIONS.has(operation)) return undefined;
  const inner = (input['referral'] ?? input) as Data;
  const query = input['query'] as { primaryInfo?: { referralId?: string } } | undefined;
  const referralId = query?.primaryInfo?.referralId ?? input['referralId'];
  const referral = state.links.find(
    ({ kind, vendorId, linked }) => kind === 'referral' && linked && vendorId === referralId,
  );
  return referral && { referral, status: normalizeText(inner['status']).toLowerCase(), amount: inner['amount'] };
}

/** Why a status is not to be set: it stands already, or Referral Rock would refuse it. Undefined: it may be. */
export function whyNotStatus({ referral, status, amount }: StatusTarget): string | undefined {
  const now = highlightsOf(referral).status;
  if (referral.gone) return 'the referral no longer exists';
  if (now === status && amount === undefined) return `the referral is ${status} already`;
  if (now === 'approved' && status !== '') return 'the referral is approved, which is final';
  if (now === 'denied' && status === 'qualified' && normalizeText(referral.data['qualifiedDate']) !== '')
    return 'the referral was denied after it was qualified, so it cannot be qualified again';
  return undefined;
}

/** The key that lets a referral become qualified or approved once. */
export function statusClaims({ referral, status }: StatusTarget): ClaimKey[] {
  const pays = status === 'qualified' || status === 'approved';
  return pays ? [{ kind: 'status', value: `${referral.vendorId} ${status}` }] : [];
}

/** What setting a referral's status may pay, by the reward rules of its program; a sentence each. */
export function paysOf(programs: readonly ProgramState[], { referral, status }: StatusTarget): string[] {
  const program = programs.find(({ id }) => id === referral.data['programId']) ?? soleOf(programs);
  const fired = firedBy(referral, status);
  return (program?.rewardRules ?? [])
    .filter((rule) => rule.isEnabled && fired.length > 0 && (rule.status === '' || fired.includes(rule.status)))
    .map((rule) => {
      const pays = rule.status === status ? 'pays' : 'may pay';
      return `Reward rule “${rule.description}” ${pays} ${rule.amount || 'a reward'}`;
    });
}

function soleOf(programs: readonly ProgramState[]): ProgramState | undefined {
  return programs.length === 1 ? programs[0] : undefined;
}

/** The statuses whose rules fire: an approval of a referral that was never qualified may fire those of `qualified`, too. */
function firedBy(referral: LinkState, status: string): string[] {
  if (status === 'denied' || status === '') return [];
  const passesQualified = status === 'approved' && normalizeText(referral.data['qualifiedDate']) === '';
  return passesQualified ? ['qualified', 'approved'] : [status];
}

/** The open proposals of a status that a referral has moved on from. */
export function overtaken(
  approvals: readonly OpenApproval[],
  link: LinkState,
): { approvalId: string; sentence: string }[] {
  const { status } = highlightsOf(link);
  return approvals
    .filter(({ kind, recordId, proposal }) => kind === 'status' && recordId === link.recordId && 'from' in proposal)
    .filter(({ proposal }) => proposal['from'] !== status)
    .map(({ id, proposal }) => ({
      approvalId: id,
      sentence: `superseded: the referral is ${status} now, no longer ${String(proposal['from'])}`,
    }));
}

import { ghl } from './ghl/operations.ts';
import type { Operation } from './operation.ts';
import * as customer from './referral-rock/operations/customer.ts';
import * as email from './referral-rock/operations/email.ts';
import * as hook from './referral-rock/operations/hook.ts';
import * as invite from './referral-rock/operations/invite.ts';
import * as memberAccess from './referral-rock/operations/member-access.ts';
import * as member from './referral-rock/operations/member.ts';
import * as payout from './referral-rock/operations/payout.ts';
import * as program from './referral-rock/operations/program.ts';
import * as referralAction from './referral-rock/operations/referral-action.ts';
import * as referral from './referral-rock/operations/referral.ts';
import * as reward from './referral-rock/operations/reward.ts';

/** By resource, with their types: `ghl.contact.get`. */
export { ghl };
export const referralRock = {
  customer,
  email,
  hook,
  invite,
  member,
  memberAccess,
  payout,
  program,
  referral,
  referralAction,
  reward,
} as const;

/** Every operation by its id. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [ghl, referralRock]
    .flatMap((vendor) => Object.values(vendor))
    .flatMap((resource) => Object.values<unknown>(resource))
    .filter(isOperation)
    .map((operation) => [operation.id, operation]),
);

/** A resource's file exports its records' schemas as well. */
function isOperation(exported: unknown): exported is Operation {
  return typeof exported === 'object' && exported !== null && 'id' in exported && 'output' in exported;
}

import type { MergeDirection, MergePolicy } from './merge.ts';
import type { SyncedField } from '../forms/normalize.ts';
import type { LinkKind } from '../records.ts';

/** One line of the field map: a GHL contact field, the RR field it is kept in step with, and who wins when both changed. */
export interface FieldMapping {
  readonly field: SyncedField;
  readonly rr: string;
  readonly direction: MergeDirection;
  readonly policy: MergePolicy;
  /** Whether an emptied value empties the other side; else the rule set's setting says so. */
  readonly propagateEmpty?: boolean;
}

const both = (field: SyncedField, rr: string): FieldMapping => ({ field, rr, direction: 'both', policy: 'ghl wins' });

/** The default field map. RR spells a member's phone `phone` and a referral's `phoneNumber`. */
export const fieldMap: Readonly<Record<LinkKind, readonly FieldMapping[]>> = {
  referral: [
    both('firstName', 'firstName'),
    both('lastName', 'lastName'),
    both('email', 'email'),
    both('phone', 'phoneNumber'),
    // GHL refuses companyName in a contact update (422), so it goes one way.
    { field: 'companyName', rr: 'companyName', direction: 'ghl->rr', policy: 'ghl wins' },
  ],
  member: [
    both('firstName', 'firstName'),
    both('lastName', 'lastName'),
    both('email', 'email'),
    both('phone', 'phone'),
    both('address1', 'addressLine1'),
    both('city', 'city'),
    both('state', 'region'),
    both('postalCode', 'postalCode'),
    both('country', 'country'),
  ],
};

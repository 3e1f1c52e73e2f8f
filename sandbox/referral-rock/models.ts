import { type Fields, isFields } from '../operation.ts';
import { invalid } from './rock.ts';
import type { Member, Referral } from './state.ts';

type FieldKind = 'text' | 'number' | 'boolean' | 'object' | 'guid';

/** What a caller may set on a member, besides what only a create takes. */
export const memberFields: Record<string, FieldKind> = {
  firstName: 'text',
  lastName: 'text',
  email: 'text',
  referralCode: 'text',
  phone: 'text',
  externalIdentifier: 'text',
  dateOfBirth: 'text',
  addressLine1: 'text',
  addressLine2: 'text',
  city: 'text',
  region: 'text',
  countrySubdivision: 'text',
  country: 'text',
  postalCode: 'text',
  disabledFlag: 'boolean',
  payoutInfo: 'object',
  customOption1Name: 'text',
  customOption1Value: 'text',
  customText1Name: 'text',
  customText1Value: 'text',
  customText2Name: 'text',
  customText2Value: 'text',
  customOverrideURL: 'text',
  recruiterSourceId: 'guid',
  recruiterAssignedId: 'guid',
};

/** What a caller may set on a referral; its status has rules of its own. */
export const referralFields: Record<string, FieldKind> = {
  firstName: 'text',
  lastName: 'text',
  email: 'text',
  phoneNumber: 'text',
  preferredContact: 'text',
  externalIdentifier: 'text',
  amount: 'number',
  companyName: 'text',
  note: 'text',
  publicNote: 'text',
  customOption1Name: 'text',
  customOption1Value: 'text',
  customOption2Name: 'text',
  customOption2Value: 'text',
  customText1Name: 'text',
  customText1Value: 'text',
  customText2Name: 'text',
  customText2Value: 'text',
  customText3Name: 'text',
  customText3Value: 'text',
  addressLine1: 'text',
  addressLine2: 'text',
  city: 'text',
  region: 'text',
  postalCode: 'text',
  country: 'text',
  recruiterAssignedId: 'guid',
};

const holds: Record<FieldKind, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  object: isFields,
  guid: (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
};

const preferredContacts = new Set(['', 'email', 'callmorning', 'callafternoon', 'callevening']);

/** Why the fields cannot stand on the record, if so: a region is understood only within a country. */
export function whyWrong(record: {
  region?: unknown;
  country?: unknown;
  preferredContact?: unknown;
}): string | undefined {
  if (record.region && !record.country) return 'The region needs a country.';
  if (!preferredContacts.has(String(record.preferredContact ?? '').toLowerCase()))
    return 'The preferredContact is not valid.';
  return undefined;
}

/** The known fields that were given. A null is as good as left out; '' clears a text [unsure, both]. Unknown ones are ignored. */
export function given(body: Fields, kinds: Record<string, FieldKind>): Fields {
  const fields: Fields = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (!holds[kind](value)) throw invalid({ [name]: `The value '${String(value)}' is not valid for ${name}.` });
    fields[name] = value;
  }
  return fields;
}

export const blankMember: Member = {
  id: '',
  programId: '',
  firstName: '',
  lastName: '',
  email: '',
  phone: '',
  externalIdentifier: '',
  referralCode: '',
  dateOfBirth: null,
  addressLine1: '',
  addressLine2: '',
  city: '',
  region: '',
  countrySubdivision: '',
  country: '',
  postalCode: '',
  disabledFlag: false,
  disabledReason: '',
  customOverrideURL: '',
  payoutInfo: null,
  customOption1Name: '',
  customOption1Value: '',
  customText1Name: '',
  customText1Value: '',
  customText2Name: '',
  customText2Value: '',
  recruiterAssignedId: null,
  recruiterSourceId: null,
  // Members made by API start as Preloaded: link and code, but no mail yet.
  status: 'Preloaded',
  createDt: '',
  activatedDate: null,
  emailShares: 0,
  socialShares: 0,
  views: 0,
};

export const blankReferral: Referral = {
  id: '',
  memberId: '',
  firstName: '',
  lastName: '',
  email: '',
  phoneNumber: '',
  preferredContact: '',
  externalIdentifier: '',
  amount: 0,
  companyName: '',
  note: '',
  publicNote: '',
  customOption1Name: '',
  customOption1Value: '',
  customOption2Name: '',
  customOption2Value: '',
  customText1Name: '',
  customText1Value: '',
  customText2Name: '',
  customText2Value: '',
  customText3Name: '',
  customText3Value: '',
  addressLine1: '',
  addressLine2: '',
  city: '',
  region: '',
  postalCode: '',
  country: '',
  recruiterAssignedId: null,
  status: 'Pending',
  source: '',
  createDate: '',
  updateDate: '',
  qualifiedDate: null,
  approvedDate: null,
};

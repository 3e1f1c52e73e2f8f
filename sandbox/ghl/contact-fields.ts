import { parsePhoneNumberWithError, ParseError } from 'libphonenumber-js';
import { location } from './constants.ts';
import { badRequest, unprocessable } from './errors.ts';
import type { Rules } from './validate.ts';

const text = { kind: 'string', nullable: true } as const;

/** PUT /contacts/{contactId}: no locationId, companyName, gender or additionalEmails (reference/ghl.md 2.3). */
export const updateRules: Rules = {
  firstName: text,
  lastName: text,
  name: text,
  email: { kind: 'email', nullable: true },
  phone: text,
  address1: text,
  city: text,
  state: text,
  website: text,
  timezone: text,
  postalCode: { kind: 'string' },
  country: { kind: 'string' },
  dnd: { kind: 'boolean' },
  dndSettings: { kind: 'object' },
  inboundDndSettings: { kind: 'object' },
  tags: { kind: 'string[]' },
  customFields: { kind: 'object[]' },
  source: text,
  dateOfBirth: text,
  assignedTo: text,
};

export const createRules: Rules = {
  ...updateRules,
  source: { kind: 'string' },
  assignedTo: { kind: 'string' },
  locationId: { kind: 'string', required: true },
  companyName: text,
  gender: { kind: 'string' },
};

export const upsertRules: Rules = { ...createRules, createNewIfDuplicateAllowed: { kind: 'boolean' } };

/** A person in GHL's own pages may change what the API refuses. */
export const userUpdateRules: Rules = {
  ...updateRules,
  companyName: text,
  gender: text,
  additionalEmails: { kind: 'object[]' },
  additionalPhones: { kind: 'object[]' },
};

const phoneMessages: Record<string, string> = {
  NOT_A_NUMBER: 'The string supplied did not seem to be a phone number',
  INVALID_COUNTRY: 'Invalid country calling code',
  TOO_SHORT: 'The string supplied is too short to be a phone number',
  TOO_LONG: 'The string supplied is too long to be a phone number',
  INVALID_LENGTH: 'The string supplied did not seem to be a phone number',
};

/** E.164, read in the location's country. The sentences of refusal are libphonenumber's; that GHL uses them is assumed. */
export function toE164(phone: string): string {
  try {
    return parsePhoneNumberWithError(phone, location.country).number;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw badRequest(phoneMessages[error.message] ?? error.message);
  }
}

const yearFirst = /^(\d{4})[-/._](\d{2})[-/._](\d{2})(?:T.*)?$/;
const monthFirst = /^(\d{2})[-/._](\d{2})[-/._](\d{4})$/;

/** The eight layouts GHL takes (year or month first, by - / . _) as the full ISO date it gives back. */
export function toBirthDate(value: string): string {
  const parts = yearFirst.exec(value)?.slice(1) ?? monthFirst.exec(value)?.slice(1);
  if (!parts) throw unprocessable(['dateOfBirth must be a valid date']);
  const [year, month, day] = parts[0]?.length === 4 ? parts : [parts[2], parts[0], parts[1]];
  const date = new Date(`${year}-${month}-${day}T00:00:00.000Z`);
  if (Number.isNaN(date.getTime())) throw unprocessable(['dateOfBirth must be a valid date']);
  return date.toISOString();
}

/** Tag names are kept in lower case, each once. */
export function toTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag !== ''))];
}

import { type CountryCode, parsePhoneNumberWithError, ParseError } from 'libphonenumber-js';
import { badRequest, unprocessable } from './errors.ts';

/** What a person's page may set on a contact by PUT and the API refuses (reference/ghl.md 2.3). */
export const pageFields = ['companyName', 'gender', 'additionalEmails', 'additionalPhones'];

const phoneMessages: Record<string, string> = {
  NOT_A_NUMBER: 'The string supplied did not seem to be a phone number',
  INVALID_COUNTRY: 'Invalid country calling code',
  TOO_SHORT: 'The string supplied is too short to be a phone number',
  TOO_LONG: 'The string supplied is too long to be a phone number',
  INVALID_LENGTH: 'The string supplied did not seem to be a phone number',
};

/** E.164, read in the location's country. The sentences of refusal are libphonenumber's; that GHL uses them is assumed. */
export function toE164(phone: string, { country }: { country: string }): string {
  try {
    return parsePhoneNumberWithError(phone, country as CountryCode).number;
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

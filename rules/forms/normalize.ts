import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import { US_REGIONS } from './us-regions.ts';

/** A field that both sides hold; the names are GHL's, RR's own (`phoneNumber`, `region`, ...) are mapped before. */
export type SyncedField =
  | (typeof MAPPED_FIELDS)[number]
  /** The contact's own; RR keeps it as `externalIdentifier`. */
  | 'id';

/** Those of them that can be mapped; `id` is not: it is kept by itself. */
export const MAPPED_FIELDS = [
  'firstName',
  'lastName',
  'email',
  'phone',
  'companyName',
  'address1',
  'city',
  'state',
  'postalCode',
  'country',
] as const;

export interface FormContext {
  /** ISO 3166-1 alpha-2 code (or a name) of the country that numbers and regions without one belong to. */
  readonly country: string;
}

/** Trimmed text in Unicode NFC with every run of white space as one space; '' for anything but text, numbers and booleans. */
export function normalizeText(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
  return String(value).normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** Lower-case address, or '' if the value is no e-mail address. */
export function normalizeEmail(value: unknown): string {
  const address = normalizeText(value).toLowerCase().normalize('NFC');
  return /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$/u.test(address) ? address : '';
}

/** E.164 (`+15555550100`), or '' if the value cannot be a phone number in `country` (ISO code or name). */
export function normalizePhone(value: unknown, country: string): string {
  const defaultCountry = normalizeCountry(country) as CountryCode | '';
  const number = parsePhoneNumberFromString(normalizeText(value), defaultCountry === '' ? undefined : defaultCountry);
  return number?.isPossible() === true ? number.number : '';
}

const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

const COUNTRY_ALIASES: Readonly<Record<string, string>> = {
  usa: 'US',
  'u.s.': 'US',
  'u.s.a.': 'US',
  'united states of america': 'US',
  gbr: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  can: 'CA',
  aus: 'AU',
  nzl: 'NZ',
  'czech republic': 'CZ',
  holland: 'NL',
  'the netherlands': 'NL',
  'ivory coast': 'CI',
  turkey: 'TR',
  uae: 'AE',
};

/** Names and codes in lower case -> ISO code. Withdrawn codes (`UK`) lead to the current one, user-assigned ones to nothing. */
const COUNTRIES: ReadonlyMap<string, string> = (() => {
  const found = new Map<string, string>(Object.entries(COUNTRY_ALIASES));
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const current = new Intl.Locale(`und-${code}`).region ?? code;
    const name = countryNames.of(current);
    if (name === undefined || /^(E[UZ]|UN|QO|X[AB]|ZZ)$/u.test(current)) continue;
    found.set(code.toLowerCase(), current);
    found.set(countryKey(name), current);
  }
  return found;
})();

/** ISO 3166-1 alpha-2 code of a country's code or English name in any case, or '' if unknown. */
export function normalizeCountry(value: unknown): string {
  return COUNTRIES.get(countryKey(normalizeText(value))) ?? '';
}

function countryKey(name: string): string {
  return name.toLowerCase().normalize('NFC').replaceAll('’', "'");
}

/** US: the postal code of a state's name, code or ISO 3166-2 code (`California`, `US-CA` -> `CA`). Elsewhere, and unknown: the text. */
export function normalizeRegion(value: unknown, country: string): string {
  const text = normalizeText(value);
  if (normalizeCountry(country) !== 'US') return text;
  const key = text.toLowerCase().replace(/^us-/u, '');
  return US_REGIONS.get(key) ?? text;
}

/**
 * The calendar day as written, `YYYY-MM-DD`, without any shift of time zone, or '' if it is no date.
 * Takes ISO dates and date-times and GHL's layouts for `dateOfBirth` (year or month first; `-`, `/`, `.` or `_` between).
 */
export function normalizeDate(value: unknown): string {
  const text = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : normalizeText(value);
  const yearFirst = /^(\d{4})([-/._])(\d{1,2})\2(\d{1,2})(?:[T ].*)?$/u.exec(text);
  const monthFirst = /^(\d{1,2})([-/._])(\d{1,2})\2(\d{4})(?:[T ].*)?$/u.exec(text);
  const [year, month, day] =
    yearFirst !== null
      ? [yearFirst[1], yearFirst[3], yearFirst[4]]
      : [monthFirst?.[4], monthFirst?.[1], monthFirst?.[3]];
  if (year === undefined || month === undefined || day === undefined) return '';
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : '';
}

/**
 * The form in which two values of a field are compared; '' is the only form of emptiness. What cannot be read as the
 * field's kind (a phone number of words) is compared as text, so it never passes for empty. Idempotent.
 */
export function normalForm(field: SyncedField, value: unknown, context: FormContext): string {
  const text = normalizeText(value);
  switch (field) {
    case 'email':
      return normalizeEmail(text) || text;
    case 'phone':
      return normalizePhone(text, context.country) || text;
    case 'country':
      return normalizeCountry(text) || text;
    case 'state':
      return normalizeRegion(text, context.country);
    case 'postalCode':
      return text.toUpperCase().normalize('NFC');
    case 'firstName':
    case 'lastName':
    case 'companyName':
    case 'address1':
    case 'city':
    case 'id':
      return text;
    // A field outside of the map, of which only some baselines are kept.
    default:
      return text;
  }
}

/** What to call a person in a sentence: first and last name, else the display name, company, e-mail or phone; '' if nothing is there. */
export function nameOf(person: {
  readonly firstName?: unknown;
  readonly lastName?: unknown;
  readonly name?: unknown;
  readonly displayName?: unknown;
  readonly companyName?: unknown;
  readonly email?: unknown;
  readonly phone?: unknown;
}): string {
  const full = normalizeText(`${normalizeText(person.firstName)} ${normalizeText(person.lastName)}`);
  const others = [person.name, person.displayName, person.companyName, person.email, person.phone].map(normalizeText);
  return [full, ...others].find((name) => name !== '') ?? '';
}

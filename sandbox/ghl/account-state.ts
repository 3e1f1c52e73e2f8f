export type LocationSettings = {
  allowDuplicateContact: boolean;
  allowDuplicateOpportunity: boolean;
  allowFacebookNameMerge: boolean;
  disableContactTimezone: boolean;
};

export type Location = {
  id: string;
  companyId: string;
  name: string;
  domain: string;
  address: string;
  city: string;
  state: string;
  country: string;
  postalCode: string;
  website: string;
  timezone: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  settings: LocationSettings;
  social: Record<string, string>;
  dateAdded: string;
  /** Since when the app is installed there; null: it is not. */
  installedAt: string | null;
};

export type User = {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  extension: string;
  type: 'account' | 'agency';
  role: 'admin' | 'user';
  locationIds: string[];
  permissions: Record<string, boolean>;
  scopes: string[];
  dateAdded: string;
};

/** What an installation lets the app do: for one location, or for the company as such. */
export type Grant = { userType: 'Location' | 'Company'; companyId: string; locationId?: string | undefined };

/** The id is the access token. */
export type Token = Grant & {
  id: string;
  refreshToken: string;
  /** Its refresh token was used: it works once. */
  refreshed: boolean;
  /** Epoch milliseconds. */
  expiresAt: number;
};

/** An authorization code, good for one exchange. */
export type Code = Grant & { id: string };

export type CustomValue = { id: string; name: string; fieldKey: string; value: string; locationId: string };

export type RecurringTask = {
  id: string;
  locationId: string;
  title: string;
  description: string;
  contactId: string | undefined;
  assignedTo: string | undefined;
  rruleOptions: unknown;
  totalOccurrence: number;
  deleted: boolean;
  createdAt: string;
  updatedAt: string;
};

export type Template = {
  id: string;
  name: string;
  type: 'sms' | 'email' | 'whatsapp';
  template: Record<string, unknown>;
  locationId: string;
  dateAdded: string;
};

/** Campaigns, workflows and businesses: made in GHL's own pages, only referred to by these APIs. */
export type Named = { id: string; name: string; locationId: string };

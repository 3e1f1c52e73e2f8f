import type { Fields } from '../operation.ts';
import type { Ghl } from './ghl.ts';
import type { Opportunity } from './opportunity-state.ts';
import type { Contact } from './state.ts';

export function displayName(contact: Contact): string {
  return contact.name ?? [contact.firstName, contact.lastName].filter(Boolean).join(' ');
}

/** The contact of GET, POST, PUT and upsert: true case plus the lower-case copies. */
export function contactView(contact: Contact): Fields {
  const {
    name,
    additionalEmails,
    additionalPhones,
    campaignIds: _c,
    workflowIds: _w,
    businessId: _b,
    ...fields
  } = contact;
  return {
    ...fields,
    firstNameLowerCase: contact.firstName?.toLowerCase(),
    lastNameLowerCase: contact.lastName?.toLowerCase(),
    fullNameLowerCase: name?.toLowerCase(),
    emailLowerCase: contact.email?.toLowerCase(),
    bounceEmail: false,
    unsubscribeEmail: false,
    type: 'lead',
    additionalEmails,
    additionalPhones,
    attributionSource: { sessionSource: 'CRM UI', medium: 'manual' },
    attachments: [],
    followers: contact.followers ?? [],
    ...(contact.businessId && { businessId: contact.businessId }),
  };
}

/** A record of POST /contacts/search: its names differ from GET's (`address`, `businessName`, `contactName`). */
export function searchView(ghl: Ghl, contact: Contact, searchAfter: readonly unknown[]): Fields {
  return {
    id: contact.id,
    locationId: contact.locationId,
    contactName: displayName(contact),
    firstName: contact.firstName ?? null,
    lastName: contact.lastName ?? null,
    firstNameLowerCase: contact.firstName?.toLowerCase() ?? null,
    lastNameLowerCase: contact.lastName?.toLowerCase() ?? null,
    businessName: contact.companyName ?? null,
    email: contact.email ?? null,
    phone: contact.phone ?? null,
    phoneLabel: null,
    address: contact.address1 ?? null,
    city: contact.city ?? null,
    state: contact.state ?? null,
    postalCode: contact.postalCode ?? null,
    country: contact.country ?? null,
    website: contact.website ?? null,
    timezone: contact.timezone ?? null,
    source: contact.source ?? null,
    type: 'lead',
    assignedTo: contact.assignedTo ?? null,
    dateOfBirth: contact.dateOfBirth ?? null,
    dnd: contact.dnd,
    dndSettings: contact.dndSettings,
    inboundDndSettings: contact.inboundDndSettings ?? {},
    tags: contact.tags,
    customFields: contact.customFields,
    additionalEmails: contact.additionalEmails,
    additionalPhones: contact.additionalPhones,
    opportunities: ghl.state.opportunities.by('contactId', contact.id).map(opportunitySummary),
    followers: contact.followers ?? [],
    businessId: contact.businessId ?? null,
    dateAdded: contact.dateAdded,
    dateUpdated: contact.dateUpdated,
    searchAfter,
  };
}

function opportunitySummary({ id, pipelineId, pipelineStageId, monetaryValue, status }: Opportunity): Fields {
  return { id, pipelineId, pipelineStageId, monetaryValue, status };
}

/** A record of the deprecated GET /contacts/: names in lower case, the true ones under `...Raw`. */
export function listView(contact: Contact): Fields {
  return {
    id: contact.id,
    locationId: contact.locationId,
    contactName: displayName(contact).toLowerCase(),
    firstName: contact.firstName?.toLowerCase() ?? null,
    lastName: contact.lastName?.toLowerCase() ?? null,
    firstNameRaw: contact.firstName ?? null,
    lastNameRaw: contact.lastName ?? null,
    companyName: contact.companyName ?? null,
    email: contact.email ?? null,
    phone: contact.phone ?? null,
    dnd: contact.dnd,
    dndSettings: contact.dndSettings,
    type: 'lead',
    source: contact.source ?? null,
    assignedTo: contact.assignedTo ?? null,
    address1: contact.address1 ?? null,
    city: contact.city ?? null,
    state: contact.state ?? null,
    postalCode: contact.postalCode ?? null,
    country: contact.country ?? null,
    website: contact.website ?? null,
    timezone: contact.timezone ?? null,
    dateAdded: contact.dateAdded,
    dateUpdated: contact.dateUpdated,
    dateOfBirth: contact.dateOfBirth ?? null,
    tags: contact.tags,
    customFields: contact.customFields,
    additionalEmails: contact.additionalEmails.map((each) => each.email),
    attributions: [],
    followers: contact.followers ?? [],
    businessId: contact.businessId ?? null,
  };
}

/** The whole contact as a webhook carries it: no dateUpdated, no changed-field list, attachments always empty (reference/ghl.md 5.5). */
export function contactEvent(contact: Contact): Fields {
  return {
    id: contact.id,
    address1: contact.address1,
    city: contact.city,
    state: contact.state,
    companyName: contact.companyName,
    country: contact.country,
    source: contact.source,
    dateAdded: contact.dateAdded,
    dateOfBirth: contact.dateOfBirth,
    dnd: contact.dnd,
    email: contact.email,
    name: displayName(contact),
    firstName: contact.firstName,
    lastName: contact.lastName,
    phone: contact.phone,
    postalCode: contact.postalCode,
    tags: contact.tags,
    website: contact.website,
    attachments: [],
    assignedTo: contact.assignedTo,
    customFields: contact.customFields,
  };
}

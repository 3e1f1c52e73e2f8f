import { randomUUID, sign } from 'node:crypto';
import type { Deliveries } from '../deliveries.ts';
import { newGhlId } from '../ids.ts';
import { type Call, type Fields, param } from '../operation.ts';
import type { Location } from './account-state.ts';
import { appId, versionId, webhookPrivateKey } from './constants.ts';
import { contactNotFound, noAccessToLocation } from './errors.ts';
import { type Actorship, type Contact, ghlDefaults, type GhlSettings, type GhlState } from './state.ts';

/** GoHighLevel as its operations see it. */
export type Ghl = {
  state: GhlState;
  settings(): GhlSettings;
  /**
   * Queues a webhook of a location: flat envelope, signed over the raw body (reference/ghl.md 5.1, 5.2). Undefined: of the company.
   * Nothing is sent for a location without the app.
   */
  emit(type: string, locationId: string | undefined, fields: Fields): void;
  /** What the search index holds: behind the contacts by `searchLagMs`. */
  indexed(now: number): Contact[];
  putContact(contact: Contact, now: number): Contact;
  deleteContact(id: string, now: number): void;
};

type Lagging = { until: number; before: Contact | undefined };

export function createGhl(state: GhlState, deliveries: Deliveries, now: () => number): Ghl {
  const lagging = new Map<string, Lagging>();
  const settings = (): GhlSettings => ({ ...ghlDefaults, ...state.settings.get('settings') });
  const lag = (id: string, at: number): void => {
    const { searchLagMs } = settings();
    if (searchLagMs > 0) lagging.set(id, { until: at + searchLagMs, before: state.contacts.get(id) });
  };
  return {
    state,
    settings,
    emit(type, locationId, fields) {
      const url = settings().webhookUrl;
      if (!url || (locationId && !state.locations.get(locationId)?.installedAt)) return;
      const timestamp = new Date(now()).toISOString();
      const body = JSON.stringify({
        type,
        locationId,
        versionId,
        appId,
        ...fields,
        timestamp,
        webhookId: randomUUID(),
      });
      const signature = sign(null, Buffer.from(body), webhookPrivateKey).toString('base64');
      deliveries.send({ vendor: 'ghl', event: type, url, body, headers: { 'x-ghl-signature': signature } });
    },
    indexed(at) {
      for (const [id, { until }] of lagging) if (until <= at) lagging.delete(id);
      const present = state.contacts.all().filter((contact) => !lagging.has(contact.id));
      return [...present, ...[...lagging.values()].flatMap(({ before }) => before ?? [])];
    },
    putContact(contact, at) {
      lag(contact.id, at);
      return state.contacts.put(contact);
    },
    deleteContact(id, at) {
      lag(id, at);
      state.contacts.delete(id);
    },
  };
}

/** The contact that the path names, or GHL's refusal. */
export function contactOf(ghl: Ghl, call: Call): Contact {
  const id = param(call, 'contactId');
  return contactById(ghl, call, id);
}

export function contactById(ghl: Ghl, call: Call, id: string): Contact {
  const contact = ghl.state.contacts.get(id);
  if (!contact || !sees(call, contact)) throw contactNotFound(id);
  return contact;
}

/** The location of that id, if the call's token opens it. A missing id is refused like a wrong one (reference/ghl.md 3.5). */
export function locationAt(ghl: Ghl, call: Call, id: unknown): Location {
  const location = typeof id === 'string' ? ghl.state.locations.get(id) : undefined;
  if (!location || !reaches(call, location)) throw noAccessToLocation();
  return location;
}

function reaches({ actor, reach }: Call, { id, companyId }: Location): boolean {
  return actor === 'user' || reach.locationId === id || reach.companyId === companyId;
}

/** Whether the call's token sees a record of that location. */
export function sees({ actor, reach }: Call, record: { locationId: string }): boolean {
  return actor === 'user' || reach.locationId === record.locationId;
}

/** The records of the location that `id` names. */
export function inLocation<T extends { locationId: string }>(records: readonly T[], { id }: { id: string }): T[] {
  return records.filter((record) => record.locationId === id);
}

export function actorship(ghl: Ghl, call: Call): Actorship {
  const timestamp = new Date(call.now).toISOString();
  if (call.actor === 'api') return { source: 'INTEGRATION', channel: 'OAUTH', sourceId: appId, timestamp };
  return { source: 'WEB_USER', channel: 'APP', sourceId: ghl.state.users.all()[0]?.id ?? '', timestamp };
}

/** A tag that the location does not know is made known to it. */
export function ensureLocationTags(ghl: Ghl, locationId: string, names: readonly string[]): void {
  for (const name of names) {
    const known = ghl.state.tags.by('name', name).some((tag) => tag.locationId === locationId);
    if (!known) ghl.state.tags.put({ id: newGhlId(), name, locationId });
  }
}

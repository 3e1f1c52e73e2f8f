import { randomUUID, sign } from 'node:crypto';
import type { Deliveries } from '../deliveries.ts';
import { newGhlId } from '../ids.ts';
import { type Call, type Fields, param } from '../operation.ts';
import { appId, locationId, versionId, webhookPrivateKey } from './constants.ts';
import { contactNotFound, noAccessToLocation } from './errors.ts';
import { type Actorship, type Contact, ghlDefaults, type GhlSettings, type GhlState } from './state.ts';

/** GoHighLevel as its operations see it. */
export type Ghl = {
  state: GhlState;
  settings(): GhlSettings;
  /** Queues a webhook: flat envelope, signed over the raw body (reference/ghl.md 5.1, 5.2). */
  emit(type: string, fields: Fields): void;
  /** What the search index holds: behind the contacts by `searchLagMs`. */
  indexed(now: number): Contact[];
  putContact(contact: Contact, now: number): Contact;
  deleteContact(id: string, now: number): void;
};

type Lagging = { until: number; before: Contact | undefined };

export function createGhl(state: GhlState, deliveries: Deliveries, now: () => number): Ghl {
  const lagging = new Map<string, Lagging>();
  const settings = (): GhlSettings => state.settings.get('settings') ?? ghlDefaults;
  const lag = (id: string, at: number): void => {
    const { searchLagMs } = settings();
    if (searchLagMs > 0) lagging.set(id, { until: at + searchLagMs, before: state.contacts.get(id) });
  };
  return {
    state,
    settings,
    emit(type, fields) {
      const url = settings().webhookUrl;
      if (!url) return;
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
  const contact = ghl.state.contacts.get(id);
  if (!contact) throw contactNotFound(id);
  return contact;
}

/** Refuses every location but the sandbox's own; a missing one is refused alike (reference/ghl.md 3.5). */
export function checkLocation(id: unknown): void {
  if (id !== locationId) throw noAccessToLocation();
}

export function actorship(ghl: Ghl, call: Call): Actorship {
  const timestamp = new Date(call.now).toISOString();
  if (call.actor === 'api') return { source: 'INTEGRATION', channel: 'OAUTH', sourceId: appId, timestamp };
  return { source: 'WEB_USER', channel: 'APP', sourceId: ghl.state.users.all()[0]?.id ?? '', timestamp };
}

/** A tag that the location does not know is made known to it. */
export function ensureLocationTags(ghl: Ghl, names: readonly string[]): void {
  for (const name of names) {
    if (ghl.state.tags.by('name', name).length === 0) ghl.state.tags.put({ id: newGhlId(), name, locationId });
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { DateTime } from 'luxon';
import { validate as isUuid } from 'uuid';
import { z } from 'zod';
import { loadCustomerView } from '../../store/customer-view.ts';
import {
  type CustomerLine,
  type FoundCustomer,
  findCustomer,
  isOpening,
  listCustomers,
  openCustomer,
} from '../../store/customers.ts';
import type { Db } from '../../store/database.ts';
import { forgetCustomer } from '../../store/forget.ts';
import { loadDecisions } from '../../store/timeline.ts';
import { idOf, quotable, Refusal } from '../payload.ts';
import { customerOf } from './customer-answer.ts';
import type { ApiDeps } from './index.ts';
import { limitOf, parseQuery, word, yesOrNo } from './query.ts';

/** Who asks for fresh values waits so long for the pass that reads them. */
const FRESH_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

const ListQuery = z.strictObject({
  query: word.min(1, 'wants a word').max(200, 'wants at most 200 characters').optional(),
  limit: limitOf(50),
  cursor: z.string().refine(isPlace, 'wants the `next` of an earlier answer').optional(),
});

const OneQuery = z.strictObject({ fresh: yesOrNo, limit: limitOf(20) });

type ByContact = { Params: { contactId: string } };

/** `/customers`: who is linked with whom, what both sides hold, what was decided; and how somebody is forgotten. */
export function registerCustomers(server: FastifyInstance, { database: { db }, settings, relay }: ApiDeps): void {
  server.get('/customers', async ({ query: given }) => {
    const { query, limit, cursor } = parseQuery(ListQuery, given);
    const found = await listCustomers(db, query, limit, cursor);
    const next = found.length === limit ? (found.at(-1)?.place ?? null) : null;
    return { customers: found.map(lineOf), next };
  });

  server.get<ByContact>('/customers/:contactId', async ({ params: { contactId }, query: given }) => {
    const { fresh, limit } = parseQuery(OneQuery, given);
    const customer = await knownCustomer(db, contactId);
    if (!customer.isGone && (await openCustomer(db, customer))) relay.nudge();
    if (fresh && !customer.isGone) await freshened(db, customer);
    const [view, decisions] = await Promise.all([
      loadCustomerView(db, customer.customerId),
      loadDecisions(db, customer.customerId, limit),
    ]);
    return customerOf(customer, view, decisions, settings.temporal());
  });

  server.delete<ByContact>('/customers/:contactId', async ({ params: { contactId } }) => {
    const forgotten = await forgetCustomer(db, await knownCustomer(db, contactId));
    relay.nudge();
    return { forgotten };
  });
}

/** A time to the microsecond and an id, as `next` gives them: what the database reads as such. */
function isPlace(cursor: string): boolean {
  const [time = '', id] = cursor.split(/_(.*)/s);
  return /^[12].*\.\d{6}Z$/.test(time) && DateTime.fromISO(time).isValid && isUuid(id);
}

function lineOf({ contactId, connectionId, name, email, phone, members, referrals, since }: CustomerLine) {
  return { contactId, connectionId, name, email, phone, members, referrals, since };
}

/** Throws 404 for a contact that was never seen, or was forgotten. */
async function knownCustomer(db: Db, contactId: string): Promise<FoundCustomer> {
  const customer = idOf(contactId) === undefined ? undefined : await findCustomer(db, contactId);
  if (!customer) throw new Refusal(404, 'customer', `No contact ${quotable(contactId)} is known.`);
  if (customer.isForgotten)
    throw new Refusal(404, 'customer', `Contact ${quotable(contactId)} was forgotten at a person's request.`);
  return customer;
}

async function freshened(db: Db, customer: FoundCustomer): Promise<void> {
  const end = Date.now() + FRESH_WITHIN_MS;
  while (Date.now() < end && (await isOpening(db, customer))) await sleep(LOOK_EVERY_MS);
}

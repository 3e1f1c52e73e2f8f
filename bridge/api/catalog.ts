import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { byKindAndId, type CatalogEntry, catalogSources, isAskedFor } from '../../vendors/catalog.ts';
import { parseQuery } from './query.ts';

const KINDS = ['operation', 'trigger'] as const;
const VENDORS = ['ghl', 'referral-rock', 'rockbridge'] as const;
const EFFECTS = ['read', 'write', 'delete', 'money'] as const;

const Query = z.strictObject({
  kind: z.enum(KINDS, { error: `wants ${KINDS.join(' or ')}` }).optional(),
  vendor: z.enum(VENDORS, { error: `wants one of ${VENDORS.join(', ')}` }).optional(),
  resource: z.string().optional(),
  effect: z.enum(EFFECTS, { error: `wants one of ${EFFECTS.join(', ')}` }).optional(),
});

/** `/catalog`: every operation and trigger, by kind, vendor, resource and effect. */
export function registerCatalog(server: FastifyInstance): void {
  let entries: Promise<readonly CatalogEntry[]> | undefined;
  server.get('/catalog', async ({ query }) => {
    const filter = parseQuery(Query, query);
    entries ??= makeEntries();
    const found = (await entries).filter((entry) => isAskedFor(entry, filter));
    return { entries: found, total: found.length };
  });
}

/** One at a time, so that webhooks get their answers in between. */
async function makeEntries(): Promise<CatalogEntry[]> {
  const entries: CatalogEntry[] = [];
  for (const make of catalogSources()) {
    entries.push(make());
    await setImmediate();
  }
  return entries.sort(byKindAndId);
}

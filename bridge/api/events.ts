import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Changed, createEventsStore, type EventDetail, type EventLine } from '../../store/events.ts';
import { idOf, quotable, Refusal } from '../payload.ts';
import { readAgain } from '../readings.ts';
import type { TemporalState } from '../server.ts';
import type { ApiDeps } from './index.ts';
import { limitOf, parseQuery, word } from './query.ts';
import { workflowUrl } from './workflow-url.ts';

const STATUSES = ['stored', 'running', 'done', 'held', 'failed', 'ignored'] as const;

const Query = z.strictObject({
  status: z.enum(STATUSES, { error: `wants one of ${STATUSES.join(', ')}` }).optional(),
  source: word.optional(),
  trigger: word.optional(),
  connection: word.optional(),
  limit: limitOf(50),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'wants the `next` of an earlier answer')
    .optional(),
});

type ByEvent = { Params: { id: string } };

/** `/events`: what came in and what became of it; retry and ignore. */
export function registerEvents(server: FastifyInstance, { database, routing, settings, relay }: ApiDeps): void {
  const store = createEventsStore(database);
  const found = <T>(value: T | undefined, id: string): T => {
    if (value === undefined) throw new Refusal(404, 'event', `There is no event ${quotable(id)}.`);
    return value;
  };

  const named = (id: string): string => found(idOf(id), id);

  server.get('/events', async ({ query: given }) => {
    const query = parseQuery(Query, given);
    const filter = {
      status: query.status,
      source: query.source,
      trigger: query.trigger,
      connectionId: query.connection,
    };
    const { events, total } = await store.list(filter, query.limit, query.cursor);
    const next = events.length === query.limit ? (events.at(-1)?.seq ?? null) : null;
    return { events: events.map((event) => lineOf(event, settings.temporal())), total, next };
  });

  server.get<ByEvent>('/events/:id', async ({ params: { id } }) =>
    detailOf(found(await store.get(named(id)), id), settings.temporal()),
  );

  server.post<ByEvent>('/events/:id/retry', async ({ params: { id } }) => {
    let changed = found(await store.retry(named(id)), id);
    if (!changed.changed && !changed.placeable) {
      // It was put aside as it came in; a connection, program or trigger of today may know what to do with it.
      const reading = readAgain(found(await store.get(named(id)), id), await routing.routes(), settings.addressKey);
      if (reading?.status !== 'stored')
        throw new Refusal(409, 'event', reading?.sentence ?? 'The event belongs to no connection.');
      changed = found(await store.retry(named(id), reading), id);
    }
    refuseUnchanged(changed, 'Only failed, held and ignored events can be retried');
    relay.nudge();
    return { status: 'stored' };
  });

  server.post<ByEvent>('/events/:id/ignore', async ({ params: { id } }) => {
    const changed = found(await store.ignore(named(id), 'Ignored by a person.'), id);
    refuseUnchanged(changed, 'Only events that wait, are held or have failed can be ignored');
    return { status: 'ignored' };
  });
}

function refuseUnchanged(changed: Changed, rule: string): void {
  if (!changed.changed) throw new Refusal(409, 'event', `${rule}; this one is ${changed.status}.`);
}

function lineOf({ workflowId, runId, ...event }: EventLine, temporal: TemporalState) {
  return { ...event, workflowUrl: workflowUrl(temporal, workflowId, runId) };
}

function detailOf({ body, ...event }: EventDetail, temporal: TemporalState) {
  const { plan, ...line } = event;
  return { ...lineOf(line, temporal), payload: payloadOf(body), plan };
}

/** The body as JSON, or as text where it is none; null once it has been dropped. */
function payloadOf(body: Uint8Array | null): unknown {
  if (body === null) return null;
  const text = new TextDecoder().decode(body);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

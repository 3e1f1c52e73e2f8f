import type { FastifyInstance } from 'fastify';
import { createEventsStore } from '../../store/events.ts';
import { askForUndo, undoableOf } from '../../store/undo.ts';
import { operations } from '../../vendors/operations.ts';
import { idOf, quotable, Refusal } from '../payload.ts';
import type { ApiDeps } from './index.ts';

/** `POST /events/:id/undo`: what was done for an event is taken back, by a pass of its customer. */
export function registerUndo(server: FastifyInstance, { database, relay }: ApiDeps): void {
  const { db } = database;
  const events = createEventsStore(database);

  server.post<{ Params: { id: string } }>('/events/:id/undo', async ({ params: { id } }, reply) => {
    const event = idOf(id) === undefined ? undefined : await events.get(id);
    if (!event) throw new Refusal(404, 'event', `There is no event ${quotable(id)}.`);
    const decision = event.plan && (await undoableOf(db, event.plan.id));
    if (!decision) throw new Refusal(409, 'event', `Nothing was written for it: the event is ${event.status}.`);
    const why = decision.forgotten ? 'What it was about was forgotten' : whyNotUndone(decision);
    if (why !== undefined) throw new Refusal(409, 'event', `${why}.`);
    if (decision.mode !== 'live')
      throw new Refusal(409, 'event', 'The connection only observes and would write nothing: set it live, then undo.');
    const rowId = await askForUndo(db, decision.planId);
    if (rowId === undefined) throw new Refusal(409, 'event', 'Its undo was asked for already.');
    relay.nudge();
    return reply.code(202).send({ status: 'stored', eventId: rowId });
  });
}

/** Why a decision cannot be taken back; undefined: it can. */
export function whyNotUndone({
  steps,
  undone,
}: {
  steps: readonly { operation: string; status: string }[];
  undone: boolean;
}): string | undefined {
  if (undone) return 'Its undo was asked for already';
  const written = steps.filter(({ status }) => status === 'done');
  if (written.length === 0) return 'Nothing was written for it';
  if (written.every(({ operation }) => operations.get(operation)?.effect === 'money'))
    return 'What may move money is not taken back here: correct it in Referral Rock';
  return undefined;
}

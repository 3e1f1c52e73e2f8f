import type { FastifyInstance } from 'fastify';
import { validate as isUuid } from 'uuid';
import { checkRuleFile } from '../../rules/rule-sets/check-rule-file.ts';
import { resolveRules } from '../../rules/rule-sets/resolve-rules.ts';
import { tryActions } from '../../rules/actions/try-rules.ts';
import { createEventsStore } from '../../store/events.ts';
import { loadPastEvent } from '../../store/try-event.ts';
import { idOf, quotable, Refusal } from '../payload.ts';
import type { ApiDeps } from './index.ts';
import { knownOperations } from './known-operations.ts';
import { connectionOf, payloadOf, refuse, setOf } from './rules.ts';

/** `POST /connections/:id/rules/try`: what an action, or a rule file, would do about a past event; nothing is stored or written. */
export function registerTryRules(server: FastifyInstance, { database }: ApiDeps): void {
  const { db } = database;
  const events = createEventsStore(database);

  server.post<{ Params: { id: string } }>('/connections/:id/rules/try', async ({ params, body }, reply) => {
    const connection = await connectionOf(db, params.id);
    const { eventId, action, rules, ...others } = payloadOf(body);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined)
      throw new Refusal(400, 'rules', `${quotable(unknown)} is not known here: eventId, action and rules are.`);
    const file = action === undefined ? (rules ?? {}) : { actions: [action] };
    const set = await setOf(db, connection.ruleSet);
    const base = resolveRules(connection.ruleSet, set.body, connection.overrides);
    const checked = checkRuleFile(file, base, knownOperations);
    if (!checked.file) return refuse(reply, checked.problems, action === undefined ? ['rules'] : []);
    const event = await pastEvent(eventId, connection.id);
    const resolved = resolveRules(connection.ruleSet, set.body, checked.file);
    const named = new Set((checked.file.actions ?? []).map(({ id }) => id));
    const actions = resolved.actions.filter(({ id, mode }) => (named.size > 0 ? named.has(id) : mode !== 'off'));
    return tryActions({ ...event.state, rules: resolved }, actions, event.facts);
  });

  async function pastEvent(eventId: unknown, connectionId: string) {
    const id = typeof eventId === 'string' ? idOf(eventId) : undefined;
    if (id === undefined)
      throw new Refusal(400, 'event', 'eventId wants the id of a past event: GET /api/events lists them.');
    const known = await events.get(id);
    const event = known && isUuid(known.id) ? await loadPastEvent(db, known.id, new Date()) : undefined;
    if (event?.connectionId !== connectionId)
      throw new Refusal(
        404,
        'event',
        `There is no event ${quotable(id)} about a record of connection ${connectionId}.`,
      );
    return event;
  }
}

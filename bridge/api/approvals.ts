import type { FastifyInstance } from 'fastify';
import { validate as isUuid } from 'uuid';
import { z } from 'zod';
import type { ApprovalDraft } from '../../rules/plan.ts';
import { type ApprovalLine, decideApproval, listApprovals } from '../../store/approval-decisions.ts';
import { quotable, Refusal } from '../payload.ts';
import { parseBody } from './body.ts';
import type { ApiDeps } from './index.ts';
import { parseQuery, yesOrNo } from './query.ts';

const Query = z.strictObject({ all: yesOrNo });

const id = z.string().min(1).max(100).optional();

const Body = z.strictObject({
  approve: z.boolean({ error: 'wants true or false' }),
  contactId: id,
  referralId: id,
});

type ByApproval = { Params: { id: string } };

/** `/approvals`: what waits for a person, and the decision. */
export function registerApprovals(server: FastifyInstance, { database: { db }, relay }: ApiDeps): void {
  server.get('/approvals', async ({ query }) => {
    const approvals = await listApprovals(db, parseQuery(Query, query).all);
    return { approvals: approvals.map(shown) };
  });

  server.post<ByApproval>('/approvals/:id', async ({ params, body, principal }) => {
    const choice = parseBody(Body, body, 'approval');
    const unknown = new Refusal(404, 'approval', `There is no approval ${quotable(params.id)}.`);
    if (!isUuid(params.id)) throw unknown;
    const decided = await decideApproval(db, params.id, choice, principal.name);
    switch (decided.outcome) {
      case 'unknown':
        throw unknown;
      case 'decided':
        throw new Refusal(409, 'approval', `It was ${decided.as} already${decided.by ? `, by ${decided.by}` : ''}.`);
      case 'no such choice':
        throw new Refusal(400, 'approval', whatToChoose(decided.candidates));
      default:
        relay.nudge();
        return { id: params.id, outcome: decided.outcome };
    }
  });
}

function whatToChoose(candidates: ApprovalDraft['candidates']): string {
  if (candidates.length === 0) return 'There is nothing to choose: send `approve` alone.';
  const choices = candidates.map(({ contactId, referralId }) =>
    contactId === undefined ? `referralId ${referralId}` : `contactId ${contactId}`,
  );
  return `It must be said which one is meant: ${choices.join(', or ')}.`;
}

/** What does not apply is left out: a brake is about no referral, a status pays nothing. */
function shown({ record, contactId, pays, candidates, outcome, decidedAt, decidedBy, ...line }: ApprovalLine) {
  const referralId = record.kind === 'referral' ? record.id : line.proposal['referralId'];
  return {
    ...line,
    ...(contactId === null ? {} : { contactId }),
    ...(typeof referralId === 'string' ? { referralId } : {}),
    ...(record.kind === 'member' ? { memberId: record.id } : {}),
    ...(pays.length > 0 ? { pays } : {}),
    ...(candidates.length > 0 ? { candidates } : {}),
    ...(outcome === null ? {} : { outcome, decidedAt, ...(decidedBy === null ? {} : { decidedBy }) }),
  };
}

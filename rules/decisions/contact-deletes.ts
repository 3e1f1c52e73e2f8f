import { actOn } from '../actions/act.ts';
import { factMaker } from '../facts/facts.ts';
import { candidatesOf } from '../links/link.ts';
import { nameOf } from '../forms/normalize.ts';
import { act, type ApprovalDraft, type Decision, type PlanDraft } from '../plan.ts';
import type { ContactState, Fact, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';

/**
 * The contact is gone: Referral Rock stays as it is. Where the person of a member or referral lives on in another contact (a merge
 * fires no event of its own), a person is asked whether it moves there.
 */
export function decideGoneContact(state: CustomerState): Decision {
  const gone = state.goneContact;
  const deleted = 'the contact no longer exists in GHL; nothing was written';
  if (gone?.seen?.value.deleted) return act({ sentences: [deleted] });
  const links = state.links.filter((link) => link.linked && !link.gone);
  const proposed = links.flatMap((link) => proposeMove(state, link));
  const rule = state.rules.sync.contactDeletes;
  const contactDeletes = rule === 'live' ? state.connection.mode : rule;
  const approvals = contactDeletes === 'live' ? proposed : [];
  const acted = gone && actOn(state, factsOf(state, gone), { contact: { id: gone.contactId, data: gone.data } });
  return act({
    ends: approvals.length > 0 ? 'held' : (acted?.ends ?? 'done'),
    facts: acted?.facts ?? [],
    waiting: acted?.waiting ?? [],
    steps: acted?.steps ?? [],
    highlights: gone && contactDeletes !== 'observe' ? [noteOf(gone)] : [],
    approvals: [...approvals, ...(acted?.approvals ?? [])],
    superseded: acted?.superseded ?? [],
    runs: acted?.runs ?? [],
    sentences: [deleted, ...(acted?.sentences ?? []), ...sentencesOf(contactDeletes, links, proposed)],
  });
}

/** The proposals that a contact which is there again has overtaken. */
export function takenBack(state: CustomerState, contact: ContactState): PlanDraft['superseded'] {
  if (!contact.seen?.value.deleted) return [];
  return state.approvals
    .filter(({ kind, proposal }) => kind === 'ambiguous' && proposal['move'] === true)
    .map(({ id }) => ({ approvalId: id, sentence: 'superseded: the contact is there again' }));
}

function factsOf(state: CustomerState, gone: ContactState): Fact[] {
  const waiting = state.facts.filter(({ kind }) => kind === 'contact.deleted');
  return waiting.length > 0 ? waiting : [factMaker(gone, noteOf(gone).value)('contact.deleted', {})];
}

function noteOf({ recordId, seen }: ContactState): { recordId: string; value: object } {
  return { recordId, value: { tags: [], emailDnd: false, ...seen?.value, deleted: true } };
}

function proposeMove(state: CustomerState, link: LinkState): ApprovalDraft[] {
  const candidates = candidatesOf(state, link).filter(({ contactId }) => contactId !== state.goneContact?.contactId);
  if (candidates.length === 0) return [];
  return [
    {
      kind: 'ambiguous',
      recordId: link.recordId,
      proposal: { move: true, from: state.goneContact?.contactId ?? null },
      pays: [],
      candidates: candidates.map(({ contactId, data }) => ({
        contactId,
        sentence: `${nameOf(data) || 'a contact'} (${contactId}) has the same e-mail, or phone and last name`,
      })),
      steps: [],
      sentence: `the contact of ${link.kind} ${link.vendorId} was deleted, and its person seems to live on in another one: move the ${link.kind} there?`,
    },
  ];
}

function sentencesOf(
  mode: 'live' | 'observe' | 'off',
  links: readonly LinkState[],
  proposed: readonly ApprovalDraft[],
): string[] {
  if (links.length === 0) return [];
  const kept = links.length - proposed.length;
  const left = kept > 0 ? [`${kept} linked records are left as they are in Referral Rock`] : [];
  if (mode === 'off' || proposed.length === 0) return left;
  const would = mode === 'observe' ? 'would ask' : 'held: a person is asked';
  return [
    `${would} whether ${proposed.length} linked records move to the contact that has the same address or phone`,
    ...left,
  ];
}

import type { Transaction } from 'kysely';
import { askContact } from '../rules/decisions/ask-contact.ts';
import { NOTHING, type PlanDraft, type StepDraft } from '../rules/plan.ts';
import type { CandidateState } from '../rules/records.ts';
import type { CustomerState } from '../rules/state.ts';
import { modesOf, withoutSteps } from '../rules/actions/step-modes.ts';
import { claim, fulfilledAmong, heldByOthers, waitForClaim } from './claims.ts';
import type { PlanFrame } from './plan-drafts.ts';
import { keyOf } from './step-drafts.ts';
import type { Tables } from './schema.ts';

type Tx = Transaction<Tables>;

/**
 * Claims what a plan is to make or do once. Answers the plan that may be stored: this one, or one that is held because others hold
 * its keys; undefined: the customer waits for another one's create, and its rows stay open.
 */
export async function claimSteps(
  tx: Tx,
  frame: PlanFrame,
  state: CustomerState,
  plan: PlanDraft,
): Promise<PlanDraft | undefined> {
  const modes = modesOf(plan.steps);
  const keys = plan.steps
    .filter(({ name }) => modes.get(name) === 'live')
    .flatMap(({ claims }) => claims.map(frame.claimKeyOf));
  if (keys.length === 0) return plan;
  const { id } = state.connection;
  const refused = await claim(tx, id, frame.customerId, keys);
  if (refused === undefined) return plan;
  const held = await heldByOthers(tx, id, frame.customerId, keys);
  const contacts = held.filter(({ key }) => key.startsWith('email:') || key.startsWith('phone:'));
  const known = [...new Set(contacts.flatMap(({ vendorId }) => vendorId ?? []))];
  const isAmbiguous = known.length > 1 && contacts.every(({ vendorId }) => vendorId !== null);
  if (isAmbiguous || known.some((contactId) => isRejected(state, contactId))) return heldBetween(state, known);
  const [first = { key: refused, vendorId: null }] = held.toSorted(
    (a, b) => Number(a.vendorId !== null) - Number(b.vendorId !== null),
  );
  await waitForClaim(tx, frame.customerId, first);
  return undefined;
}

/** The claim's contact was read, and the matching rule did not take it for this person: to wait for it would be for ever. */
function isRejected(state: CustomerState, contactId: string): boolean {
  const focus = state.links.find(({ recordId }) => recordId === state.focus);
  return focus?.candidates.some((candidate) => candidate.contactId === contactId) ?? false;
}

/** A person is asked which of the contacts it is. */
function heldBetween(state: CustomerState, contactIds: readonly string[]): PlanDraft {
  const sentence =
    contactIds.length === 1
      ? `held: contact ${contactIds[0]} stands for this e-mail or phone and last name, but is not surely the same person; say in the approvals that it is, or make them differ and retry`
      : `held: contacts ${contactIds.join(' and ')} stand for this e-mail, phone and last name; choose one in the approvals, or make them differ and retry`;
  const link = state.links.find(({ recordId }) => recordId === state.focus);
  const ask = contactIds.map(
    (contactId): CandidateState =>
      link?.candidates.find((one) => one.contactId === contactId) ?? {
        contactId,
        data: {},
        blocks: false,
        owner: { kind: 'none' },
      },
  );
  const decision = link && askContact(state, link, { kind: 'held', sentence, ask });
  return decision?.outcome === 'act' ? decision.plan : { ...NOTHING, ends: 'held', sentences: [sentence] };
}

/** A status is set once: a step whose claim on it is fulfilled is left out, with all that needs it, and the plan says so. */
export async function withoutWhatIsDone(
  tx: Tx,
  frame: PlanFrame,
  state: CustomerState,
  plan: PlanDraft,
): Promise<PlanDraft> {
  const once = plan.steps.filter(({ claims }) => claims.some(({ kind }) => kind === 'status'));
  if (once.length === 0) return plan;
  const keysOf = ({ claims }: StepDraft): string[] => claims.map(frame.claimKeyOf);
  const fulfilled = await fulfilledAmong(tx, state.connection.id, once.flatMap(keysOf));
  const candidates = once.filter((step) => keysOf(step).some((key) => fulfilled.includes(key)));
  const carriedOn = await doneAmong(tx, candidates);
  const left = candidates.filter((step) => !carriedOn.includes(keyOf(step) ?? ''));
  if (left.length === 0) return plan;
  const steps = withoutSteps(
    plan.steps,
    left.map(({ name }) => name),
  );
  const isThere = (name: string): boolean => steps.some((step) => step.name === name);
  return {
    ...plan,
    steps,
    approvals: plan.approvals.filter((one) => one.steps.length === 0 || one.steps.some(isThere)),
    sentences: [
      ...plan.sentences,
      ...left.map(({ summary }) => `left out, because it was done once already: ${summary}`),
    ],
  };
}

/** The keys of those of these steps that an earlier plan has done: this plan tells of them as done. */
async function doneAmong(tx: Tx, steps: readonly StepDraft[]): Promise<string[]> {
  const keys = steps.flatMap((step) => keyOf(step) ?? []);
  if (keys.length === 0) return [];
  const rows = await tx
    .selectFrom('steps')
    .select('key')
    .where('key', 'in', keys)
    .where('status', '=', 'done')
    .execute();
  return rows.flatMap(({ key }) => key ?? []);
}

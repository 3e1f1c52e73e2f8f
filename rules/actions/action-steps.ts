import { DateTime } from 'luxon';
import type { Action, ActionStep } from '../rule-set.ts';
import { PLAIN_STEP, type Queue, type StepDraft } from '../plan.ts';
import { closingLine, referenceOf, stepKey } from '../forms/reference.ts';
import type { Subject } from './scope.ts';
import type { CustomerState, RunState } from '../state.ts';
import type { Data, Fact, Line } from '../records.ts';
import { asTag, liveTags, statusTags } from '../facts/tags.ts';
import { fillAnswers, renderTemplates, type Scope, stepsNamedIn } from '../forms/templates.ts';
import { segmentOf } from './waits.ts';

/** What one action does about one fact. */
export interface Firing {
  readonly state: CustomerState;
  readonly action: Action;
  readonly fact: Fact;
  readonly subject: Subject;
  readonly scope: Scope;
  /** The run that goes on, where the action has waited; undefined: the fact has just come. */
  readonly run?: RunState | undefined;
}

/**
 * The steps of an action up to its next wait, with their templates rendered. One whose required input comes out empty, or whose
 * content is already there, is left out, and so are those that name its answer. None that follows one which says so is done unless
 * that one is.
 */
export function draftSteps(firing: Firing): { step: StepDraft; draft: ActionStep }[] {
  const left = new Set<string>();
  const drafts: { step: StepDraft; draft: ActionStep }[] = [];
  for (const [n, draft] of segmentOf(firing.action, firing.run?.segment ?? 0).steps) {
    const step = draftStep(firing, n, draft);
    const kept = step && withoutKnownTags(firing, step);
    if (!kept || stepsNamedIn(kept.input).some((name) => left.has(name))) left.add(draft.name);
    else drafts.push({ step: { ...kept, after: stoppers(drafts) }, draft });
  }
  return drafts;
}

function stoppers(drafts: readonly { draft: ActionStep }[]): string[] {
  return drafts.filter(({ draft }) => draft.onError === 'stop').map(({ draft }) => draft.name);
}

function draftStep(firing: Firing, n: number, draft: ActionStep): StepDraft | undefined {
  const { action, fact, subject, scope } = firing;
  const rendered = withAnswers(firing, renderTemplates(draft.input, scope) as Record<string, unknown>);
  if (lacks(draft, rendered)) return undefined;
  const reference = isTaskOrNote(draft.operation) ? referenceOf(stepKey(fact.key, action.id, n)) : null;
  const input = reference
    ? {
        ...rendered,
        body: `${String(rendered['body'] ?? '')}\n\n${closingLine(counterpart(subject), reference)}`.trim(),
      }
    : rendered;
  return {
    ...PLAIN_STEP,
    name: draft.name,
    operation: draft.operation,
    queue: draft.operation.split('.')[0] as Queue,
    factKey: fact.key,
    rule: `${action.id}|${n}`,
    input,
    mode: action.mode === 'observe' ? 'observe' : 'live',
    reference,
    summary: `${inWords(draft.operation)} (${action.id})`,
    sentence: String(renderTemplates(draft.sentence, scope)),
  };
}

/** Fills in the answers of steps from before the wait; one that was not done has none, and a person must say what then. */
function withAnswers({ action, run }: Firing, input: Record<string, unknown>): Record<string, unknown> {
  if (!run) return input;
  const now = segmentOf(action, run.segment).steps.map(([, { name }]) => name);
  const filled = fillAnswers(input, run.answers);
  const [missing] = stepsNamedIn(filled).filter((name) => !now.includes(name));
  if (missing !== undefined) throw new Error(`step ${missing} has no answer, for it was not done`);
  return filled;
}

/** What a vendor wants at least, where a template may come to nothing. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'ghl.note.create': ['body'],
  'ghl.task.create': ['title'],
  'referral-rock.member.create': ['programId', 'firstName', 'email'],
};

/** Something that a step cannot do without came out empty: a field, or all of a list or an object. */
function lacks({ operation, input }: ActionStep, rendered: Data): boolean {
  const isEmpty = (value: unknown): boolean =>
    value !== null && typeof value === 'object' && Object.keys(value).length === 0;
  const emptied = (given: unknown, made: unknown): boolean => {
    if (given === null || typeof given !== 'object' || isEmpty(given)) return false;
    if (made === undefined || isEmpty(made)) return true;
    return !Array.isArray(given) && Object.entries(given).some(([name, value]) => emptied(value, (made as Data)[name]));
  };
  return (
    (REQUIRED[operation] ?? []).some((name) => name in input && rendered[name] === undefined) ||
    emptied(input, rendered)
  );
}

/** The record in Referral Rock that a task or note of ours leads back to. */
function counterpart({ link, item, referral }: Subject): { kind: string; vendorId: string } | undefined {
  return item?.kind === 'reward' ? item : (referral ?? link);
}

/** `ghl.task.create`: create task; `ghl.contact.add-tags`: add tags. */
function inWords(operation: string): string {
  const [, resource = '', verb = ''] = operation.split('.');
  return verb.includes('-') ? verb.replaceAll('-', ' ') : `${verb} ${resource}`;
}

function isTaskOrNote(operation: string): boolean {
  return operation === 'ghl.task.create' || operation === 'ghl.note.create';
}

/** Tags that are there are not added again; tags that another live referral or member needs are not taken away. */
function withoutKnownTags(firing: Firing, step: StepDraft): StepDraft | undefined {
  const [adds, removes] = [step.operation === 'ghl.contact.add-tags', step.operation === 'ghl.contact.remove-tags'];
  if (!adds && !removes) return step;
  const { state, subject } = firing;
  const { link } = subject;
  const given = (step.input['tags'] as string[]).map(asTag);
  const present = new Set((subject.contact.data['tags'] as string[] | undefined)?.map(asTag));
  const known = knowsTags(state, subject);
  const needed = liveTags([
    ...state.links.filter(({ recordId }) => recordId !== link?.recordId),
    ...(link ? [{ ...link, linked: true }] : []),
  ]);
  const ofStatus = link?.kind === 'referral' ? statusTags(link) : [];
  const outdated = given.some((tag) => ofStatus.includes(tag)) ? ofStatus.filter((tag) => present.has(tag)) : [];
  const tags = adds
    ? given.filter((tag) => !(known && present.has(tag)))
    : [...given, ...outdated].filter((tag) => !(known && !present.has(tag)) && !needed.has(tag));
  if (tags.length === 0) return undefined;
  const distinct = [...new Set(tags)];
  // Other tags for the same fact, after a plan was given up, are another step.
  return { ...step, rule: `${step.rule}|${distinct.join()}`, input: { ...step.input, tags: distinct } };
}

/**
 * A contact that was matched just now, or that the story itself has read, is known to have its tags: else they were read some time
 * ago, perhaps before our own tagging.
 */
function knowsTags(state: CustomerState, { link }: Subject): boolean {
  return link ? !link.linked : state.focus === state.contact?.recordId;
}

/** The line in a referral's note that a task of an action gets. */
export function lineOf(state: CustomerState, step: StepDraft, reference: string): Line & { step: string } {
  const due = DateTime.fromISO(String(step.input['dueDate'] ?? ''), { zone: state.connection.timeZone });
  return {
    reference,
    kind: 'task',
    text: String(step.input['title'] ?? ''),
    dueDate: due.isValid ? due.toISODate() : null,
    done: step.input['completed'] === true,
    itemId: null,
    source: '',
    typed: false,
    vanished: 0,
    removed: false,
    step: step.name,
  };
}

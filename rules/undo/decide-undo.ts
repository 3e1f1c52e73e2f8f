import { normalizeText } from '../forms/normalize.ts';
import { act, type Decision } from '../plan.ts';
import type { CustomerState, DoneStep } from '../state.ts';
import { putBack } from './undo-fields.ts';
import { takeLinesBack } from './undo-lines.ts';
import { left, NOTHING_BACK, type TakenBack, undoStep } from './undo-step.ts';

/**
 * A person takes a decision back. What was written is put back field by field, where it still stands; tags go the other way round;
 * tasks and notes that we made are deleted. People and money stay as they are: nobody is deleted, nothing is paid back.
 */
export function decideUndo(state: CustomerState): Decision {
  const { undo } = state;
  if (!undo || undo.steps.length === 0) return act({ sentences: ['nothing to undo: nothing of it is known any more'] });
  const parts = undo.steps.toReversed().map((step) => takeBack(state, step));
  const deleted = parts.flatMap(({ deletes }) => deletes);
  const all = [...parts, takeLinesBack(state, undo.steps, deleted)];
  const steps = all.flatMap((part) => part.steps);
  const sentences = all.flatMap((part) => part.sentences);
  return act({
    steps,
    merges: all.flatMap(({ merges }) => merges),
    lines: all.flatMap(({ lines }) => lines),
    sentences: steps.length + sentences.length === 0 ? ['nothing to undo: all is as it was before'] : sentences,
  });
}

function takeBack(state: CustomerState, step: DoneStep): TakenBack {
  switch (step.operation) {
    case 'ghl.contact.update':
    case 'ghl.task.update':
    case 'ghl.note.update':
    case 'referral-rock.member.update':
    case 'referral-rock.referral.update':
      return putBack(state, step);
    case 'ghl.contact.add-tags':
      return retag(state, step, 'remove-tags');
    case 'ghl.contact.remove-tags':
      return retag(state, step, 'add-tags');
    case 'ghl.task.create':
      return deleteMade(state, step, 'task');
    case 'ghl.note.create':
      return deleteMade(state, step, 'note');
    default:
      return left(step, WHY_NOT[step.operation] ?? 'an operation like this is not taken back');
  }
}

const OPTED = 'whether somebody may be written to is for that person to say; correct it where it is wrong';
const WHY_NOT: Readonly<Record<string, string>> = {
  'ghl.contact.create': 'a contact is never deleted; delete it in GHL if it is not wanted',
  'referral-rock.member.create': 'a member is never deleted; delete it in Referral Rock if it is not wanted',
  'referral-rock.referral.set-status': 'what may move money is not taken back; correct it in Referral Rock',
  'referral-rock.email.unsubscribe': OPTED,
  'referral-rock.email.resubscribe': OPTED,
};

function retag(state: CustomerState, step: DoneStep, verb: 'add-tags' | 'remove-tags'): TakenBack {
  const { contact } = state;
  const tags = Array.isArray(step.input['tags']) ? (step.input['tags'] as string[]) : [];
  if (!contact || contact.contactId !== step.input['contactId']) return left(step, 'its contact is not there any more');
  if (tags.length === 0) return NOTHING_BACK;
  const [words, done] = verb === 'add-tags' ? ['add tags', 'added again'] : ['remove tags', 'removed again'];
  const back = undoStep(step, {
    operation: `ghl.contact.${verb}`,
    queue: 'ghl',
    input: { contactId: contact.contactId, tags },
    summary: `undo: ${words}`,
    sentence: `${done}: ${tags.join(', ')}`,
  });
  return { ...NOTHING_BACK, steps: [back] };
}

function deleteMade(state: CustomerState, step: DoneStep, kind: 'task' | 'note'): TakenBack {
  const id = normalizeText(step.answer['id']);
  const item = state.items.find((one) => one.kind === kind && one.vendorId === id);
  if (id === '' || item?.gone) return left(step, `the ${kind} is not there any more`);
  const back = undoStep(step, {
    operation: `ghl.${kind}.delete`,
    queue: 'ghl',
    recordId: item?.recordId ?? null,
    input: { contactId: step.input['contactId'], [`${kind}Id`]: id },
    summary: `undo: delete ${kind}`,
    sentence: `deleted the ${kind} again`,
  });
  return { ...NOTHING_BACK, steps: [back], deletes: item ? [item.recordId] : [] };
}

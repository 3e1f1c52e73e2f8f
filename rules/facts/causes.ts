import { normalizeText } from '../forms/normalize.ts';
import type { Data, Fact } from '../records.ts';
import type { OwnWrite } from '../state.ts';
import { asTag } from './tags.ts';

/** So many facts may follow from one another by actions; the next one is not acted on. */
export const LONGEST_CHAIN = 5;

/**
 * Facts with what of ours made them: by content, not by time. A tag that an action added, a status that it set, a task that it
 * completed come back as facts of their own.
 */
export function withCauses(facts: readonly Fact[], writes: readonly OwnWrite[] = []): Fact[] {
  return facts.map((fact) => {
    if (fact.cause !== undefined) return fact;
    const by = writes.find((write) => write.factKey !== fact.key && makes(write.operation, write.input, fact));
    return by ? { ...fact, cause: by.factKey, depth: by.depth + 1 } : fact;
  });
}

/** The facts that an operation may make, whatever it is given. */
export const MAKES: Readonly<Record<string, readonly Fact['kind'][]>> = {
  'ghl.contact.add-tags': ['contact.tag.added'],
  'ghl.contact.remove-tags': ['contact.tag.removed'],
  'ghl.task.complete': ['task.completed'],
  'ghl.task.update': ['task.completed'],
  'ghl.opportunity.create': ['opportunity.status', 'opportunity.stage'],
  'ghl.opportunity.update': ['opportunity.status', 'opportunity.stage'],
  'ghl.opportunity.upsert': ['opportunity.status', 'opportunity.stage'],
  'ghl.opportunity.set-status': ['opportunity.status'],
  'ghl.appointment.update': ['appointment.status'],
  'referral-rock.referral.create': ['referral.added'],
  'referral-rock.referral.set-status': ['referral.status', 'referral.changed'],
  'referral-rock.referral.post-status': ['referral.status', 'referral.changed'],
  'referral-rock.referral.update': ['referral.changed'],
  'referral-rock.referral.remove': ['referral.deleted'],
  'referral-rock.member.create': ['member.added'],
  'referral-rock.member.remove': ['member.deleted'],
  'referral-rock.reward.create': ['reward.added'],
  'referral-rock.reward.update': ['reward.changed'],
  'referral-rock.reward.issue': ['reward.issued'],
  'referral-rock.reward.remove': ['reward.deleted'],
};

/** What of an input a fact tells: the tag, or the word that the record's status became. */
function makes(operation: string, input: Data, { kind, data }: Fact): boolean {
  if (!MAKES[operation]?.includes(kind)) return false;
  if (kind.startsWith('contact.tag.'))
    return ((input['tags'] as unknown[] | undefined) ?? []).some((tag) => asTag(normalizeText(tag)) === data['tag']);
  const to = normalizeText(data['to']).toLowerCase();
  return to === '' || saysSomewhere(input, to);
}

function saysSomewhere(value: unknown, text: string): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((one) => saysSomewhere(one, text));
  return normalizeText(value).toLowerCase() === text;
}

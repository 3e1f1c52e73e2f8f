import type { RewardRule } from '../rules/state.ts';
import type { Database } from '../store/database.ts';
import { type ProgramFacts, savePrograms } from '../store/programs.ts';
import { type CallOptions, VendorError } from '../vendors/operation.ts';
import { referralRock } from '../vendors/operations.ts';
import type { RewardRule as VendorRule } from '../vendors/referral-rock/records/program.ts';
import { isFinal } from './failures.ts';
import type { Clients, Data } from './read.ts';

/**
 * Reads the programs of a connection's account with their reward rules and keeps them; answers them as Referral Rock has them. The
 * default stays which it is, unless one is named.
 */
export async function readPrograms(
  { database, clients }: { database: Database; clients: Clients },
  connectionId: string,
  options: { signal?: AbortSignal; defaultId?: string | undefined } = {},
): Promise<Data[]> {
  const { signal, defaultId } = options;
  const calling: CallOptions = {
    account: { vendor: 'referral-rock', id: connectionId },
    ...(signal ? { signal } : {}),
  };
  const { programs } = await clients['referral-rock'].call(referralRock.program.list, {}, calling);
  const facts: ProgramFacts[] = [];
  for (const { id, name, title } of programs) {
    const rewardRules = await readRewardRules(clients, id, calling);
    facts.push({ id, name: name ?? '', title: title ?? '', rewardRules });
  }
  await savePrograms(database, connectionId, facts, defaultId);
  return programs;
}

/** Undefined where the account does not tell its rules, or in a way that nobody has seen: what was known of them stays. */
async function readRewardRules(
  clients: Clients,
  programId: string,
  options: CallOptions,
): Promise<RewardRule[] | undefined> {
  try {
    const { listRewardRules } = referralRock.program;
    const { rewardRules } = await clients['referral-rock'].call(listRewardRules, { programId }, options);
    return rewardRules.flatMap((rule) => rewardRuleOf(rule) ?? []);
  } catch (error) {
    if (error instanceof VendorError && isFinal(error) && error.kind !== 'Unauthorized') return undefined;
    throw error;
  }
}

/**
 * What a rule tells of the status that fires it and of what it pays. What `trigger` and `reward` hold is not documented
 * (reference/referral-rock.md 2.7): names and kinds are taken as they come. Undefined: another event fires it, not a status.
 */
export function rewardRuleOf({ description, isEnabled, trigger, reward }: VendorRule): RewardRule | undefined {
  const status = typeof trigger === 'string' ? trigger : textUnder(trigger, /status$/iu);
  const event = textUnder(trigger, /event|type|name/iu);
  if (status === '' && /action/iu.test(event)) return undefined;
  return {
    description: description ?? '',
    isEnabled: isEnabled ?? true,
    status: STATUSES.find((each) => status.toLowerCase().includes(each)) ?? '',
    amount: amountOf(reward),
  };
}

const STATUSES = ['pending', 'qualified', 'approved', 'denied'] as const;

function textUnder(holder: unknown, name: RegExp): string {
  const found = fieldsOf(holder).find(([key, value]) => name.test(key) && typeof value === 'string');
  return found ? String(found[1]) : '';
}

/** `$50.00`; another currency by its code, a share as `10 %`; a text stays as it is. */
function amountOf(reward: unknown): string {
  const [, amount] = fieldsOf(reward).find(([key]) => /amount|value|percent/iu.test(key)) ?? [];
  if (typeof amount === 'string') return amount;
  if (typeof amount !== 'number') return '';
  const isShare = fieldsOf(reward).some(
    ([key, value]) => /percent/iu.test(key) || (typeof value === 'string' && /percent/iu.test(value)),
  );
  if (isShare) return `${amount} %`;
  const currency = textUnder(reward, /currency/iu).toUpperCase();
  return currency === '' || currency === 'USD' ? `$${amount.toFixed(2)}` : `${amount.toFixed(2)} ${currency}`;
}

function fieldsOf(holder: unknown): [string, unknown][] {
  return typeof holder === 'object' && holder !== null ? Object.entries(holder) : [];
}

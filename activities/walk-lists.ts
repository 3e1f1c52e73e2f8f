import type { WalkName } from '../store/walks.ts';
import { contacts, edited, items, opportunities, tasks } from './walk-ghl.ts';
import type { List } from './walk-list.ts';
import { members, optOuts, programs, referrals, rewards } from './walk-referral-rock.ts';

/** What each walk goes through in a lap. */
export const LISTS: Readonly<Record<WalkName, readonly List[]>> = {
  contacts: [edited],
  lists: [contacts, tasks, opportunities],
  items: [items],
  'referral-rock': [programs, members, referrals, rewards, optOuts],
};

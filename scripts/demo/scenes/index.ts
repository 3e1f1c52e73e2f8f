import type { Scene } from '../scene.ts';
import { deleting, editing } from './contacts.ts';
import { items } from './items.ts';
import { mail } from './mail.ts';
import { joining, leaving } from './members.ts';
import { opportunities } from './opportunities.ts';
import { programs } from './programs.ts';
import { referralsLast, referring } from './referrals.ts';
import { rewards } from './rewards.ts';
import { undo } from './undo.ts';
import { examplesLast, examplesPosted, webhooks } from './webhooks.ts';

/** Every row of both tables of triggers, in an order in which each finds what it needs. */
export const scenes: readonly Scene[] = [
  ...joining,
  ...referring,
  ...examplesPosted,
  ...editing,
  ...items,
  ...opportunities,
  ...rewards,
  ...mail,
  ...undo,
  ...webhooks,
  ...leaving,
  ...referralsLast,
  ...deleting,
  ...programs,
  ...examplesLast,
];

export type Row = Record<string, unknown>;

export type Kind = 'contact' | 'task' | 'note' | 'opportunity' | 'referral' | 'member' | 'reward';

/** Whom the stories are about. */
export interface Person {
  firstName: string;
  lastName: string;
  email: string;
  /** The same number is never somebody else's; the last is in the form of a letterhead. */
  phones: readonly [string, string, string];
}

/** Both vendors as people have them before them: what they hold of one person, and what a person can do there. */
export interface World {
  readonly person: Person;
  /** What the vendor holds of the person now, oldest first. */
  all(kind: Kind): readonly Row[];
  isUnsubscribed(email: string): boolean;
  /** The ids of the location's custom fields by their keys (`contact.referral_code`). */
  customFields(): ReadonlyMap<string, string>;
  make(kind: 'task' | 'note' | 'opportunity' | 'reward', fields: Row): Promise<void>;
  change(kind: Kind, row: Row, fields: Row): Promise<void>;
  remove(kind: Kind, row: Row): Promise<void>;
  tag(contact: Row, how: 'add' | 'remove', tags: readonly string[]): Promise<void>;
}

/** The status of a referral or member in lower case. */
export function statusOf(row: Row): string {
  return String(row['status'] ?? '').toLowerCase();
}

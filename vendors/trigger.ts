import type { Vendor } from './operation.ts';

/** A JSON schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Something that happens at a vendor, or here, as data. What it starts stands in workflows/triggers.ts. */
export interface TriggerRecord {
  /** `ghl.contact-update`: where it comes from, what happened. */
  readonly id: string;
  readonly vendor: Vendor | 'rockbridge';
  /** As the vendor spells it: the `type` of a GHL webhook, the last part of a Referral Rock webhook's address. */
  readonly event: string;
  /** The kind of record that it is about. */
  readonly resource: string;
  readonly title: string;
  /** One sentence: when it comes. */
  readonly summary: string;
  /** What its payload holds; unknown fields may come beside the known ones. */
  readonly payload: () => JsonSchema;
  /** What no document or recording proves, a sentence each. */
  readonly unsure?: readonly string[];
  readonly documentation?: string;
}

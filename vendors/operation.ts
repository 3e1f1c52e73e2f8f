import type { z } from 'zod';

export type Vendor = 'ghl' | 'referral-rock';

/** What running an operation does to the vendor's account. `money` may create, change or pay out a reward (design promise 4). */
export type Effect = 'read' | 'write' | 'delete' | 'money';

/**
 * How a list gives its records page by page (vendors/paging.ts). `search-after`: a cursor in each record (GHL's searches);
 * `start-after`: the last record's time and id (GHL's older lists); `skip-limit`: GHL's offset (`skip`, or `offset`) and `limit`;
 * `offset-count`: Referral Rock's.
 */
export type PagingStyle = 'search-after' | 'start-after' | 'skip-limit' | 'offset-count';

export interface Paging {
  readonly style: PagingStyle;
  /** The answer's field that holds the page's records; without it the answer itself is their list. */
  readonly records?: string;
  /** The most records that one page may hold; without it a page holds 100. */
  readonly max?: number;
  /** Where the input calls them otherwise than most of its style do: the place to begin at, and the size of a page. */
  readonly names?: { readonly offset?: string; readonly size?: string };
}

/** One operation of a vendor's API as data; the executor of its vendor turns it and an input into a request. */
export interface Operation<Input = unknown, Output = unknown> {
  /** `ghl.task.create`: vendor, resource, verb. Also the type of the activity that applies it. */
  readonly id: string;
  readonly vendor: Vendor;
  readonly title: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/contacts/{contactId}/tasks`: each `{name}` is taken out of the input. */
  readonly path: string;
  /** Input fields that go to the query string, a list as the same name again and again; all that is neither path nor query is the body. */
  readonly query: readonly string[];
  /** GHL's `Version` header. */
  readonly version?: string;
  readonly scopes: readonly string[];
  readonly effect: Effect;
  /** True if a repeat would make a second record or start something anew: such a step is marked `sent` before its request leaves. */
  readonly creates: boolean;
  readonly input: z.ZodType<Input>;
  /** Parses the vendor's answer; unknown fields pass, a known one of another type is an error naming it. */
  readonly output: z.ZodType<Output>;
  readonly documentation: string;
  /** The form of the body; `none`: the request has no body. Without it JSON, left out of a GET or DELETE if it would be empty. */
  readonly body?: 'json' | 'form' | 'multipart' | 'none';
  /** Sent without an `authorization` header. */
  readonly anonymous?: boolean;
  /** Set on lists that come in pages. */
  readonly paging?: Paging;
  /** What no document or recording proves, a sentence each; such facts are parsed leniently. */
  readonly unsure?: readonly string[];
  /** Set when the vendor advises against it: what to call instead. */
  readonly deprecated?: string;
  /** Where the vendor wants the body in another shape than the input (a list of one); pure. */
  readonly encode?: (body: unknown) => unknown;
  /** The way back, before `output` parses the answer; pure. */
  readonly decode?: (answer: unknown) => unknown;
}

/** An operation record, its types taken from its zod schemas. */
export function defineOperation<Input, Output>(record: Operation<Input, Output>): Operation<Input, Output> {
  return record;
}

/** How a vendor refused or failed; the names are the contract between activities and workflows. */
export type VendorErrorKind =
  | 'RateLimited'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'Invalid'
  | 'Conflict'
  | 'Unavailable'
  | 'NotConnected'
  | 'Unexpected';

/** The kinds that a repeat of the same request cannot mend. */
export const FINAL_KINDS: readonly VendorErrorKind[] = [
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'Invalid',
  'Conflict',
  'Unexpected',
];

/**
 * A vendor's refusal, with its own words. `message` may hold personal data: it goes to the store, never to a log or a history.
 * `NotConnected`: the request never reached the vendor (refused connection, DNS); `Unavailable`: 5xx, timeout, cut connection:
 * the work may have been done. `Unexpected`: the answer has another shape than documented.
 */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly kind: VendorErrorKind;
  readonly operation: string;
  readonly status: number | undefined;
  readonly traceId: string | undefined;
  /** Milliseconds to wait before the next try; set on `RateLimited`. */
  readonly retryAfterMs: number | undefined;
  /** On `Conflict`: the record that is already there (GHL's `meta.contactId`). */
  readonly existingId: string | undefined;

  constructor(
    kind: VendorErrorKind,
    operation: string,
    message: string,
    details: { status?: number; traceId?: string; retryAfterMs?: number; existingId?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.operation = operation;
    this.status = details.status;
    this.traceId = details.traceId;
    this.retryAfterMs = details.retryAfterMs;
    this.existingId = details.existingId;
  }
}

/** Where the executor asks for its turn; the store implements it, shared by all workers. */
export interface Limiter {
  /**
   * Reserves the next turn at this vendor account and resolves with the milliseconds until it. `key` names the request
   * (plan and step): asking again with the same key answers the same turn. A `background` turn is given only when nobody else
   * waits for one, and is to be used at once.
   */
  turn(account: VendorAccount, key: string | undefined, background?: boolean): Promise<number>;
  /** Learns limits and what is left from an answer's headers. */
  learn(account: VendorAccount, seen: QuotaSeen): Promise<void>;
}

export interface VendorAccount {
  readonly vendor: Vendor;
  /** GHL location id, or the RR account's connection id. */
  readonly id: string;
}

export interface QuotaSeen {
  readonly max?: number;
  readonly intervalMs?: number;
  readonly remaining?: number;
  readonly dailyMax?: number;
  readonly dailyRemaining?: number;
  readonly dailyResetMs?: number;
  /** Set on a 429: nobody asks again for so many milliseconds. */
  readonly blockedMs?: number;
}

/** Gives the secret of an account right before a request leaves; never logged, never stored elsewhere. */
export interface Credentials {
  /** The value of the `Authorization` header. */
  authorization(account: VendorAccount): Promise<string>;
  /** After a 401 that speaks of the token: gets a fresh one if there is a way; false: there is none (a private token). */
  refresh(account: VendorAccount): Promise<boolean>;
}

/** Who lets an operation of effect `money` pass: a person's approval, a rule that says so, or the person who calls it by hand. */
export interface Permit {
  readonly by: 'approval' | 'rule' | 'person';
  /** Of the approval, the rule, or the call. */
  readonly id: string;
}

export interface CallOptions {
  readonly account: VendorAccount;
  /** Without one no operation of effect `money` leaves. */
  readonly permit?: Permit;
  /** Names the request for the limiter (plan and step). */
  readonly turnKey?: string;
  /** Nobody waits for it: every live call goes first. */
  readonly background?: boolean;
  readonly signal?: AbortSignal;
  /** Runs after the turn came and right before the request leaves (the `sent` mark). */
  readonly beforeSend?: () => Promise<void>;
}

/** A request as it would leave, its secret left out. */
export interface RequestPreview {
  readonly method: Operation['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The one door to a vendor: validates the input, waits for its turn, sends, classifies, validates the answer. */
export interface VendorClient {
  call<I, O>(operation: Operation<I, O>, input: NoInfer<I>, options: CallOptions): Promise<O>;
  /** The request that `call` would send, without sending it. Throws `Invalid` naming the fields. */
  preview<I, O>(operation: Operation<I, O>, input: NoInfer<I>): RequestPreview;
}

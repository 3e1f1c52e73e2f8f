export type VendorName = 'ghl' | 'referralRock';

/** `api`: a program with credentials. `user`: a person in the vendor's own pages (no quota, not in the ledger). */
export type Actor = 'api' | 'user';

/** What the credentials of a call open: a GHL location, or a company and what belongs to it as such. RR's keys open the whole account. */
export type Reach = { locationId?: string; companyId?: string };

export type Call = {
  /** Without the query. */
  path: string;
  params: Record<string, string>;
  query: Record<string, string | undefined>;
  body: unknown;
  actor: Actor;
  reach: Reach;
  /** Epoch milliseconds. */
  now: number;
};

/** `bare`: the body is sent as it is, without what the vendor adds to most bodies. */
export type Answer = {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Of the record made or changed; for the ledger. */
  recordId?: string | undefined;
  bare?: boolean;
};

export type Operation = {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  effect: 'read' | 'write';
  scope?: string;
  /** Whose token may ask; a location's unless said otherwise. `anyone`: no token is wanted. */
  level?: 'location' | 'company' | 'both' | 'anyone';
  /** Fields of the body that a person's page may set and the API refuses. */
  pageFields?: readonly string[];
  run(call: Call): Answer;
};

/** Thrown by an operation to answer an error in the vendor's own shape. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`answered ${answer.status}`);
    this.answer = answer;
  }
}

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body as an object; anything else counts as an empty one, as both vendors' model binders do. */
export function bodyFields(call: Call): Fields {
  return isFields(call.body) ? call.body : {};
}

export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

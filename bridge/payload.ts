/** The answer to a request that is refused: its status and the sentence that says why. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** A short word for the counter of refusals. */
  readonly reason: string;

  /** `options.cause`: what of ours failed, where it was no fault of the caller's; it is logged, without its message. */
  constructor(status: number, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.reason = reason;
  }
}

export type Payload = Readonly<Record<string, unknown>>;

const MAX_ID_LENGTH = 100;

/** Reads a JSON object from the bytes of a body; throws a 400 that says what is wrong with it. */
export function parsePayload(body: Uint8Array): Payload {
  let payload: unknown;
  try {
    payload = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refusal(
      400,
      'json',
      body.length === 0 ? 'The body is empty; a JSON object is wanted.' : 'The body is not valid JSON.',
    );
  }
  if (!isPayload(payload)) throw new Refusal(400, 'json', 'The body is JSON, but not an object.');
  return payload;
}

export function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field by its name in any casing: RR's webhooks mix `Id`, `ProgramId`, `programId` and `Email`. */
export function fieldOf(payload: Payload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(payload).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : payload[key];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A vendor's id that may become part of a key, or undefined: text of at most 100 characters, none of them a control character. */
export function idOf(value: unknown): string | undefined {
  return idProblem(value) === undefined ? (value as string) : undefined;
}

/** What is wrong with a vendor's id, as the end of a sentence; undefined: nothing. */
export function idProblem(value: unknown): string | undefined {
  if (textOf(value) === undefined) return 'is missing';
  const id = value as string;
  if (id.length > MAX_ID_LENGTH) return `has more than ${MAX_ID_LENGTH} characters`;
  return /\p{Cc}/u.test(id) || !id.isWellFormed() ? 'has control characters' : undefined;
}

/** A word from outside as it may stand in a column or sentence: no control characters, at most 100 of the others. */
export function quotable(value: string): string {
  return value
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, MAX_ID_LENGTH)
    .toWellFormed();
}

/**
 * JSON as PostgreSQL's jsonb takes it: half of a character (a text that a vendor cut off in the middle of an emoji) becomes the
 * replacement character, a NUL is left out.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed().replaceAll('\0', '') : part,
  );
}

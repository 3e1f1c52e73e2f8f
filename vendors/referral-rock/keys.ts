/**
 * The same JSON with the first letter of every key in lower case, at each level: Referral Rock spells the same field `Id`
 * in a webhook, `id` in an answer and `resultInfo.Status` in a bulk answer. The camelCase key wins where both are there.
 */
export function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [camelKey(key), camelKeys(inner), key] as const);
  const exactLast = entries.toSorted(
    ([left, , leftKey], [right, , rightKey]) => Number(left === leftKey) - Number(right === rightKey),
  );
  return Object.fromEntries(exactLast.map(([key, inner]) => [key, inner]));
}

function camelKey(key: string): string {
  return key.charAt(0).toLowerCase() + key.slice(1);
}

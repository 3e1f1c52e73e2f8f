import type { Call } from '../operation.ts';
import { queryOf, refusal } from './rock.ts';

type SortKeys<T> = Record<string, (record: T) => string | number>;

/** Sorts by `<Name>_Asc` or `<Name>_Desc`; newest first unless asked otherwise. */
export function sorted<T>(call: Call, records: readonly T[], keys: SortKeys<T>): T[] {
  const wanted = queryOf(call, 'sort') ?? 'Create_Dt_Desc';
  const parts = /^(\w+)_(asc|desc)$/i.exec(wanted);
  const name = Object.keys(keys).find((each) => each.toLowerCase() === parts?.[1]?.toLowerCase());
  const key = name === undefined ? undefined : keys[name];
  if (!key || !parts) throw refusal(400, `The sort value '${wanted}' is not valid.`);
  const ascending = records
    .map((record, n) => ({ record, n, value: key(record) }))
    .sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.n - b.n))
    .map(({ record }) => record);
  return parts[2]?.toLowerCase() === 'asc' ? ascending : ascending.reverse();
}

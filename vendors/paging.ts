import {
  type CallOptions,
  type Operation,
  type Paging,
  type PagingStyle,
  type VendorClient,
  VendorError,
} from './operation.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The records of a list's answer. */
export type Listed<Output> = Output extends readonly (infer Item)[]
  ? Item
  : {
        [Key in keyof Output as string extends Key ? never : Key]-?: ItemOf<Output[Key]>;
      } extends infer Lists
    ? Lists[keyof Lists]
    : never;

type ItemOf<Value> = Value extends readonly (infer Item)[] | null | undefined
  ? Item extends object
    ? Item
    : never
  : never;

interface Page {
  readonly records: readonly Fields[];
  readonly answer: Fields;
  /** How many records there are in all, where the vendor says so. */
  readonly total: number | undefined;
}

/** Reads one page: what the style asks for, on top of the caller's input. */
type Read = (asked: Fields) => Promise<Page>;

interface List {
  readonly operationId: string;
  readonly paging: Paging;
  readonly size: number;
  readonly sizeName: string;
  readonly input: Fields;
  readonly read: Read;
}

const USUAL_SIZE = 100;
const SIZE_NAMES: Record<PagingStyle, string> = {
  'search-after': 'pageLimit',
  'start-after': 'limit',
  'skip-limit': 'limit',
  'offset-count': 'count',
};
const OFFSET_NAMES: Partial<Record<PagingStyle, string>> = { 'skip-limit': 'skip', 'offset-count': 'offset' };

/**
 * All records of a list, each once; a page is read when the loop comes to it. The input may hold the size of a page and where
 * to begin. Throws VendorError as `call` does. A vendor that answers the same page again (it ignores a key it does not know)
 * ends the list: with an error, `Unexpected`, if it has promised more records than it gave.
 */
export async function* pages<Input, Output>(
  client: VendorClient,
  operation: Operation<Input, Output>,
  input: Input,
  options: CallOptions,
): AsyncGenerator<Listed<Output>, void, undefined> {
  const { paging, id: operationId } = operation;
  if (!paging) throw new TypeError(`${operationId} is no list that comes in pages`);
  const given = input as Fields;
  const sizeName = paging.names?.size ?? SIZE_NAMES[paging.style];
  const size = Number(given[sizeName] ?? paging.max ?? USUAL_SIZE);
  // New rows come last where the order can be chosen: what was read does not shift.
  const order = paging.style === 'offset-count' && operation.query.includes('sort') ? { sort: 'Create_Dt_Asc' } : {};
  let pageNumber = 0;
  const read: Read = async (asked) => {
    pageNumber += 1;
    const turn = options.turnKey === undefined ? {} : { turnKey: `${options.turnKey}/page ${pageNumber}` };
    const whole = { ...order, ...given, [sizeName]: size, ...asked } as Input;
    const answer = (await client.call(operation, whole, { ...options, ...turn })) as Fields;
    const records = (paging.records === undefined ? answer : (answer[paging.records] ?? [])) as readonly Fields[];
    return { records, answer, total: totalOf(answer) };
  };
  const list: List = { operationId, paging, size, sizeName, input: given, read };
  const isOffset = paging.style === 'skip-limit' || paging.style === 'offset-count';
  yield* (isOffset ? byOffset(list) : byCursor(list)) as AsyncGenerator<Listed<Output>>;
}

/** From cursor to cursor. A record that changed meanwhile may come again further on: that is news, not a repetition. */
async function* byCursor(list: List): AsyncGenerator<Fields> {
  const cursorOf = list.paging.style === 'search-after' ? searchAfterOf : startAfterOf;
  let cursor: Fields | undefined = {};
  let previous = new Set<string>();
  for (let given = 0; cursor !== undefined;) {
    const page: Page = await list.read(cursor);
    const fresh = page.records.filter((record) => !previous.has(keyOf(record)));
    yield* fresh;
    given += fresh.length;
    if (page.records.length > 0 && fresh.length === 0) return refuseRepetition(list, page, given);
    if (page.records.length === 0 || (page.records.length < list.size && given >= (page.total ?? 0))) return;
    previous = new Set(page.records.map(keyOf));
    cursor = cursorOf(page);
  }
}

/**
 * From offset to offset, each page beginning with the last record of the one before. If that one is not there, records before
 * it are gone and some not yet read have moved forward: the reading goes back until it meets what it knows.
 */
async function* byOffset(list: List): AsyncGenerator<Fields> {
  const offsetName = list.paging.names?.offset ?? OFFSET_NAMES[list.paging.style] ?? 'offset';
  const start = Number(list.input[offsetName] ?? 0);
  const seen = new Set<string>();
  let previous: readonly string[] = [];
  let isGoingBack = false;
  let hasNews = true;
  for (let offset = start; ;) {
    const page = await list.read({ [offsetName]: offset });
    const keys = page.records.map(keyOf);
    const meets = seen.has(keys[0] ?? '') || offset <= start || (previous.length === 1 && !isGoingBack);
    if (!meets) {
      if (!isGoingBack && !hasNews) return;
      isGoingBack = true;
      hasNews = false;
      offset = Math.max(start, offset - list.size);
      continue;
    }
    if (keys.length === 0) return;
    if (!isGoingBack && isSame(keys, previous)) return refuseRepetition(list, page, start + seen.size);
    isGoingBack = false;
    const fresh = page.records.filter((_, index) => !seen.has(keys[index] ?? ''));
    yield* fresh;
    hasNews ||= fresh.length > 0;
    for (const key of keys) seen.add(key);
    const end = offset + keys.length;
    if (page.total === undefined ? keys.length < list.size : end >= page.total) return;
    previous = keys;
    offset = keys.length > 1 ? end - 1 : end;
  }
}

/** A vendor that ignores how it is asked for the next page gives the same one for ever; perhaps it is all there is. */
function refuseRepetition({ operationId }: List, { total }: Page, given: number): void {
  if (total === undefined || given >= total) return;
  const message = `${operationId}: the vendor answers the same page again, after ${given} of ${total} records`;
  throw new VendorError('Unexpected', operationId, message);
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((key, index) => key === right[index]);
}

/** The last record carries the cursor itself: a contact as `searchAfter` (reference/ghl.md 2.2), an opportunity as `sort`. */
function searchAfterOf({ records }: Page): Fields | undefined {
  const last = records.at(-1);
  const searchAfter = last?.['searchAfter'] ?? last?.['sort'];
  return Array.isArray(searchAfter) && searchAfter.length > 0 ? { searchAfter } : undefined;
}

/** The answer's `meta` names the last record; where it lacks, the record's own time and id do. */
function startAfterOf({ records, answer }: Page): Fields | undefined {
  const meta = (answer['meta'] ?? {}) as Fields;
  if (meta['startAfterId']) return { startAfter: meta['startAfter'], startAfterId: meta['startAfterId'] };
  const last = records.at(-1);
  const startAfter = Date.parse(String(last?.['dateAdded'] ?? ''));
  return last?.['id'] && Number.isFinite(startAfter) ? { startAfter, startAfterId: last['id'] } : undefined;
}

/** `count` is not taken for it: some lists count the page by it. */
function totalOf(answer: Fields): number | undefined {
  const total = answer['total'] ?? ((answer['meta'] ?? {}) as Fields)['total'];
  return typeof total === 'number' ? total : undefined;
}

/** GHL's searches say `_id`; a record without an id is known by all of it. */
function keyOf(record: Fields): string {
  const key = record['id'] ?? record['_id'];
  return typeof key === 'string' ? key : JSON.stringify(record);
}

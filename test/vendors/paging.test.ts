import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { catalog } from '../../vendors/catalog.ts';
import { type Operation, type Paging, type VendorClient, VendorError } from '../../vendors/operation.ts';
import { ghl, referralRock } from '../../vendors/operations.ts';
import { pages } from '../../vendors/paging.ts';
import { sandboxClients } from './sandbox-clients.ts';
import { account } from './support.ts';

type Input = Record<string, unknown>;
type Row = { id: string };

/** A list of a made-up vendor whose answers `answer` makes. */
function listOf(paging: Paging, answer: (input: Input, call: number) => unknown, query: readonly string[] = []) {
  const asked: Input[] = [];
  const keys: (string | undefined)[] = [];
  const operation = {
    id: 'ghl.thing.list',
    paging,
    query,
    output: z.looseObject({ things: z.array(z.looseObject({ id: z.string() })) }),
  } as unknown as Operation<Input, { things: Row[] }>;
  const client = {
    call: (_operation: unknown, input: Input, { turnKey }: { turnKey?: string }) => {
      asked.push(input);
      keys.push(turnKey);
      return Promise.resolve(answer(input, asked.length));
    },
  } as unknown as VendorClient;
  const read = async (input: Input = {}, turnKey?: string): Promise<string[]> => {
    const ids: string[] = [];
    const options = { account, ...(turnKey !== undefined && { turnKey }) };
    for await (const { id } of pages(client, operation, input, options)) ids.push(id);
    return ids;
  };
  return { asked, keys, read };
}

/** What a list calls the place to begin at and the size of a page. */
function namesOf({ style, names = {} }: Paging): { offset: string; size: string } {
  const usual = {
    'search-after': ['searchAfter', 'pageLimit'],
    'start-after': ['startAfter', 'limit'],
    'skip-limit': ['skip', 'limit'],
    'offset-count': ['offset', 'count'],
  } as const;
  const [offset, size] = usual[style];
  return { offset: names.offset ?? offset, size: names.size ?? size };
}

const rows = (count: number, from = 0): Row[] => Array.from({ length: count }, (_, n) => ({ id: `r${from + n}` }));
const idsOf = (things: readonly Row[]): string[] => things.map(({ id }) => id);

describe('a list that comes in pages', () => {
  it('is every operation that takes a place to begin at, and its record speaks the operation’s own words', () => {
    const operations = catalog().filter((entry) => entry.kind === 'operation');
    const inPages = operations.filter(({ input }) =>
      ['offset', 'skip', 'startAfter', 'searchAfter'].some((name) => name in (input.properties ?? {})),
    );
    assert.ok(inPages.length >= 18);
    for (const { id, paging, input, output } of inPages) {
      assert.ok(paging, id);
      const { offset, size } = namesOf(paging);
      for (const name of [offset, size]) assert.ok(name in (input.properties ?? {}), `${id}: ${name}`);
      const list = paging.records === undefined ? output : output.properties?.[paging.records];
      assert.ok(typeof list === 'object' && JSON.stringify(list).includes('"array"'), `${id}: ${paging.records}`);
    }
  });

  describe('from offset to offset', () => {
    const byCount: Paging = { style: 'offset-count', records: 'things' };
    const bySkip: Paging = { style: 'skip-limit', records: 'things' };
    const slice = (all: readonly Row[], { offset = 0, count = 2_000 }: Input): Row[] =>
      all.slice(Number(offset), Number(offset) + Number(count));

    it('is given whole, each record once, whatever the size of its pages', async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(30), fc.integer({ min: 1, max: 12 }), fc.boolean(), async (length, count, tells) => {
          const all = rows(length);
          const list = listOf(byCount, (input) => ({ things: slice(all, input), ...(tells && { total: length }) }));
          assert.deepEqual(await list.read({ count }), idsOf(all));
        }),
      );
    });

    it('is given whole when records before the reading are removed and others come last', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 2, max: 6 }),
          fc.array(fc.record({ at: fc.nat(20), removes: fc.integer({ min: 1, max: 8 }), adds: fc.nat(2) }), {
            maxLength: 3,
          }),
          async (count, changes) => {
            const all = rows(24);
            const kept = new Set(idsOf(all));
            let made = 24;
            const list = listOf(byCount, (input, call) => {
              const things = slice(all, input);
              const change = changes[call - 1];
              const total = all.length;
              if (change) {
                for (const { id } of all.splice(change.at, change.removes)) kept.delete(id);
                all.push(...rows(change.adds, made));
                made += change.adds;
              }
              return { things, total };
            });
            const given = await list.read({ count });
            assert.equal(new Set(given).size, given.length);
            for (const id of kept) assert.ok(given.includes(id), `${id} of ${given.join(' ')}`);
          },
        ),
      );
    });

    it('is read from the oldest on where the order can be chosen, so that new records come last', async () => {
      const list = listOf(byCount, () => ({ things: [], total: 0 }), ['sort']);
      await list.read();
      await list.read({ sort: 'Member_Views_Desc' });
      assert.deepEqual(
        list.asked.map(({ sort }) => sort),
        ['Create_Dt_Asc', 'Member_Views_Desc'],
      );
    });

    it('begins where the caller says, and goes on', async () => {
      const all = rows(9);
      const list = listOf(bySkip, ({ skip = 0, limit = 0 }) => ({
        things: all.slice(Number(skip), Number(skip) + Number(limit)),
      }));
      assert.deepEqual(await list.read({ skip: 4, limit: 3 }), idsOf(all.slice(4)));
    });

    it('is given whole where the answer itself is the list', async () => {
      const all = rows(7);
      const bare = listOf({ style: 'skip-limit' }, ({ skip, limit }) =>
        all.slice(Number(skip), Number(skip) + Number(limit)),
      );
      assert.deepEqual(await bare.read({ limit: 3 }), idsOf(all));
    });

    it('calls place and size as its record says', async () => {
      const paging: Paging = { style: 'skip-limit', records: 'things', max: 20, names: { offset: 'offset' } };
      const list = listOf(paging, () => ({ things: [] }));
      await list.read();
      assert.deepEqual(list.asked, [{ offset: 0, limit: 20 }]);
    });

    it('ends when the vendor ignores the offset and has told all there is', async () => {
      const list = listOf(bySkip, () => ({ things: rows(5) }));
      assert.deepEqual(await list.read({ limit: 5 }), idsOf(rows(5)));
      assert.equal(list.asked.length, 2);
    });

    it('ends with an error when the vendor ignores the offset and keeps records back', async () => {
      const list = listOf(bySkip, () => ({ things: rows(5), total: 12 }));
      await assert.rejects(
        list.read({ limit: 5 }),
        (error) => error instanceof VendorError && /same page again, after 5 of 12/.test(error.message),
      );
    });

    it('ends when the vendor promises records that it does not have', async () => {
      const all = rows(5);
      const list = listOf(byCount, (input) => ({ things: slice(all, input), total: 9 }));
      assert.deepEqual(await list.read({ count: 3 }), idsOf(all));
    });

    it('asks for a turn of its own for each page', async () => {
      const all = rows(5);
      const list = listOf(byCount, (input) => ({ things: slice(all, input), total: 5 }));
      await list.read({ count: 3 }, 'walk');
      assert.deepEqual(list.keys, ['walk/page 1', 'walk/page 2']);
    });
  });

  describe('after a cursor in each record', () => {
    const paging: Paging = { style: 'search-after', records: 'things', max: 500 };
    const withCursor = (all: readonly Row[]) => all.map((row, n) => ({ ...row, searchAfter: [n, row.id] }));

    it('is given whole, each record once', async () => {
      const all = withCursor(rows(11));
      const list = listOf(paging, ({ searchAfter, pageLimit }) => {
        const start = Array.isArray(searchAfter) ? Number(searchAfter[0]) + 1 : 0;
        return { things: all.slice(start, start + Number(pageLimit)), total: 11 };
      });
      assert.deepEqual(await list.read({ pageLimit: 4 }), idsOf(all));
      assert.deepEqual(
        list.asked.map(({ searchAfter }) => searchAfter),
        [undefined, [3, 'r3'], [7, 'r7']],
      );
    });

    it('takes the cursor by its other name, `sort`', async () => {
      const list = listOf(paging, (_input, call) => ({ things: call === 1 ? [{ id: 'r0', sort: [9, 'r0'] }] : [] }));
      await list.read({ pageLimit: 1 });
      assert.deepEqual(list.asked[1], { pageLimit: 1, searchAfter: [9, 'r0'] });
    });

    it('asks for the largest page', async () => {
      const list = listOf(paging, () => ({ things: [], total: 0 }));
      await list.read();
      assert.deepEqual(list.asked, [{ pageLimit: 500 }]);
    });

    it('ends when the vendor ignores the cursor', async () => {
      const list = listOf(paging, () => ({ things: withCursor(rows(4)), total: 4 }));
      assert.deepEqual(await list.read({ pageLimit: 4 }), idsOf(rows(4)));
      const more = listOf(paging, () => ({ things: withCursor(rows(4)), total: 40 }));
      await assert.rejects(more.read({ pageLimit: 4 }), /same page again/);
    });
  });

  describe('after the last record’s time and id', () => {
    const paging: Paging = { style: 'start-after', records: 'things', max: 100 };

    it('takes them from the answer', async () => {
      const list = listOf(paging, (_input, call) => ({
        things: call === 1 ? rows(2) : rows(1, 2),
        meta: { total: 3, startAfter: 17, startAfterId: 'r1' },
      }));
      assert.deepEqual(await list.read({ limit: 2 }), ['r0', 'r1', 'r2']);
      assert.deepEqual(list.asked[1], { limit: 2, startAfter: 17, startAfterId: 'r1' });
    });

    it('takes them from the record where the answer has none', async () => {
      const dated = rows(2).map((row) => ({ ...row, dateAdded: '2026-01-01T00:00:00.000Z' }));
      const list = listOf(paging, (_input, call) => ({ things: call === 1 ? dated : [] }));
      await list.read({ limit: 2 });
      assert.deepEqual(list.asked[1], { limit: 2, startAfter: Date.UTC(2026, 0), startAfterId: 'r1' });
    });
  });

  describe('of the simulated vendors', () => {
    let sandbox: Sandbox;
    let clients: ReturnType<typeof sandboxClients>;
    before(async () => {
      sandbox = await startSandbox({ seed: 'lifelike' });
      clients = sandboxClients(sandbox);
    });
    after(() => sandbox.close());

    it('gives all members, also those that join meanwhile', async () => {
      const [program] = sandbox.info.referralRock.programs;
      const rock = { account: { vendor: 'referral-rock', id: 'sandbox' } } as const;
      const before = sandbox.referralRock.members.size;
      const ids: string[] = [];
      for await (const { id } of pages(clients['referral-rock'], referralRock.member.list, { count: 7 }, rock)) {
        ids.push(id);
        if (ids.length % 20 !== 0) continue;
        const email = `late-${ids.length}@example.com`;
        const input = { programId: program?.id ?? '', firstName: 'Late', email };
        await clients['referral-rock'].call(referralRock.member.create, input, rock);
      }
      assert.ok(before > 21 && ids.length > before);
      assert.deepEqual(new Set(ids), new Set(sandbox.referralRock.members.all().map(({ id }) => id)));
      assert.equal(new Set(ids).size, ids.length);
    });

    const ghlOptions = () => ({ account: { vendor: 'ghl', id: sandbox.info.ghl.locationId } }) as const;
    const allIds = async (records: AsyncIterable<object>): Promise<string[]> => {
      const ids: string[] = [];
      for await (const record of records) {
        const { id, _id } = record as { id?: string; _id?: string };
        ids.push(String(id ?? _id));
      }
      return ids;
    };

    it('gives all contacts after a cursor', async () => {
      const { locationId } = sandbox.info.ghl;
      const input = { locationId, pageLimit: 100, sort: [{ field: 'dateUpdated', direction: 'asc' as const }] };
      const ids = await allIds(pages(clients.ghl, ghl.contact.search, input, ghlOptions()));
      assert.ok(ids.length > 200);
      assert.deepEqual(ids.toSorted(order), idsOf(sandbox.ghl.contacts.all()).toSorted(order));
    });

    it('gives all tasks of a location by skip and limit', async () => {
      const input = { locationId: sandbox.info.ghl.locationId, limit: 7 };
      const ids = await allIds(pages(clients.ghl, ghl.location.searchTasks, input, ghlOptions()));
      assert.ok(ids.length > 14);
      assert.deepEqual(ids.toSorted(order), idsOf(sandbox.ghl.tasks.all()).toSorted(order));
    });

    it('gives all opportunities after a time and id', async () => {
      const input = { location_id: sandbox.info.ghl.locationId, limit: 7 };
      const ids = await allIds(pages(clients.ghl, ghl.opportunity.list, input, ghlOptions()));
      assert.ok(ids.length > 14);
      assert.deepEqual(ids.toSorted(order), idsOf(sandbox.ghl.opportunities.all()).toSorted(order));
    });

    it('gives all referrals and rewards by offset and count', async () => {
      const rock = { account: { vendor: 'referral-rock', id: 'sandbox' } } as const;
      const { referral, reward } = referralRock;
      const referrals = await allIds(pages(clients['referral-rock'], referral.list, { count: 25 }, rock));
      const rewards = await allIds(pages(clients['referral-rock'], reward.list, { count: 2 }, rock));
      assert.deepEqual(referrals.toSorted(order), idsOf(sandbox.referralRock.referrals.all()).toSorted(order));
      assert.deepEqual(rewards.toSorted(order), idsOf(sandbox.referralRock.rewards.all()).toSorted(order));
      assert.ok(referrals.length > 50 && rewards.length > 4);
    });
  });
});

const order = (one: string, other: string): number => (one < other ? -1 : 1);

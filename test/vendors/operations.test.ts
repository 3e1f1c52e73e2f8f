import assert from 'node:assert/strict';
import { z } from 'zod';
import { operations } from '../../vendors/operations.ts';

const all = [...operations.values()];
const words = (): z.core.JSONSchema.BaseSchema[] =>
  all.map(({ input }) => z.toJSONSchema(input, { unrepresentable: 'any' }));

describe('the operation records', () => {
  for (const operation of all) {
    it(`say what ${operation.id} is, in full`, () => {
      assert.match(operation.id, new RegExp(`^${operation.vendor}\\.[a-z]+(-[a-z]+)*\\.[a-z]+(-[a-z]+)*$`));
      assert.match(operation.summary, /^[A-Z].*\.$/);
      assert.match(operation.documentation, /^https:\/\//);
      if (operation.vendor === 'ghl' && !operation.anonymous) {
        assert.ok(operation.version !== undefined);
        assert.ok(operation.scopes.length > 0);
        const isRead = operation.scopes.every((scope) => scope.endsWith('.readonly'));
        /* A look at a slug wants the scope that writes the group. */
        assert.equal(isRead || operation.id === 'ghl.calendar-group.validate-slug', operation.effect === 'read');
      }
    });

    it(`take every word of ${operation.id}'s path and query from its input`, () => {
      const { properties = {} } = z.toJSONSchema(operation.input, { unrepresentable: 'any' });
      const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
      for (const name of [...inPath, ...operation.query]) assert.ok(name in properties, name);
    });
  }

  it('let nothing but money operations name a status, an amount or a payout of Referral Rock', () => {
    for (const operation of all.filter(({ vendor, effect }) => vendor === 'referral-rock' && effect !== 'read')) {
      const schema = JSON.stringify(z.toJSONSchema(operation.input, { unrepresentable: 'any' }));
      const mayPay = /"(status|amount|payoutInfo|payoutId)":/.test(schema);
      assert.ok(!mayPay || operation.effect === 'money', operation.id);
    }
  });

  it('refuse words they do not know', () => {
    for (const schema of words()) assert.equal(schema.additionalProperties, false);
  });
});

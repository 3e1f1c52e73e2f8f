import assert from 'node:assert/strict';
import { findOperation, nearestTo, UnknownOperation } from '../../vendors/find-operation.ts';
import { operations } from '../../vendors/operations.ts';

const names = [...operations.keys()];

describe('finding an operation', () => {
  it('gives the one of that id', () => {
    for (const [id, operation] of operations) assert.equal(findOperation(id), operation);
  });

  it('names the nearest ones otherwise', () => {
    assert.throws(
      () => findOperation('ghl.contact.gte'),
      (error) =>
        error instanceof UnknownOperation &&
        /"ghl\.contact\.gte"\. The nearest: ghl\.contact\.get, /.test(error.message),
    );
    assert.throws(() => findOperation('Referral.Set-Status'), /referral-rock\.referral\.set-status/);
    assert.throws(() => findOperation('toString'), /There is no operation "toString"\. The catalog/);
  });

  it('names each operation first whose id is one letter off', () => {
    for (const name of names) {
      const [first, second] = nearestTo(`${name}x`, names);
      assert.ok(first === name || second === name, name);
    }
  });

  it('names none for what is like nothing', () => {
    assert.deepEqual(nearestTo('', names), []);
    assert.deepEqual(nearestTo('🐘'.repeat(5_000), names), []);
  });
});

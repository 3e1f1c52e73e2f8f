import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { generateSync, type JsonSchema } from 'json-schema-faker';
import { z } from 'zod';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { createReferralRockClient } from '../../../vendors/referral-rock/client.ts';
import type { Operation } from '../../../vendors/operation.ts';
import { operations } from '../../../vendors/operations.ts';
import { sandboxClients } from '../sandbox-clients.ts';
import { credentialsOf, limiterOf, startVendor, vendorErrorOf } from '../support.ts';
import { examples, worldOf } from './examples.ts';
import { sheet } from './sheet.ts';

const options = {
  account: { vendor: 'referral-rock', id: 'sandbox' },
  permit: { by: 'person', id: 'call-1' },
} as const;
const all = [...operations.values()].filter(({ vendor }) => vendor === 'referral-rock');
const nameOf = ({ id }: Operation): string => id.replace('referral-rock.', '');

const inBody = new Ajv2020({ allErrors: true, strict: false });
/** Everything in a query is a text; the schema names what the text stands for. */
const inQuery = new Ajv2020({ allErrors: true, strict: false, coerceTypes: true });

function schemaOf({ input }: Operation): z.core.JSONSchema.ObjectSchema {
  return z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as z.core.JSONSchema.ObjectSchema;
}

/** Inputs made from the record's own schema, from the barest to the fullest, that it takes. */
function validInputs(operation: Operation): unknown[] {
  const schema = schemaOf(operation) as JsonSchema;
  const made = Array.from({ length: 24 }, (_, seed) =>
    generateSync(schema, { seed, optionalsProbability: seed / 24, useDefaultValue: false }),
  );
  const full = generateSync(schema, { seed: 24, alwaysFakeOptionals: true });
  return [...made, full].filter((input) => operation.input.safeParse(input).success);
}

describe('each operation of Referral Rock', () => {
  let vendor: Awaited<ReturnType<typeof startVendor>>;
  before(async () => void (vendor = await startVendor({ status: 200, body: {} })));
  after(() => vendor.close());

  const send = async (operation: Operation, input: unknown) => {
    const client = createReferralRockClient({
      baseUrl: vendor.url,
      credentials: credentialsOf('Basic'),
      limiter: limiterOf(),
    });
    vendor.received.length = 0;
    await client.call(operation, input, options).catch(() => undefined);
    return [...vendor.received];
  };

  it('is in the reference sheet, and each call of the sheet is an operation', () => {
    assert.deepEqual(Object.keys(sheet).toSorted(), all.map(nameOf).toSorted());
    assert.deepEqual(Object.keys(examples).toSorted(), all.map(nameOf).toSorted());
  });

  for (const operation of all) {
    it(`${nameOf(operation)} sends what the reference sheet describes`, async () => {
      const call = sheet[nameOf(operation)];
      assert.ok(call);
      const inputs = validInputs(operation);
      assert.ok(inputs.length >= 3, `only ${inputs.length} valid inputs could be made`);
      for (const input of inputs) {
        const [request] = await send(operation, input);
        assert.ok(request, JSON.stringify(input));
        const url = new URL(request.url, vendor.url);
        assert.equal(request.method, call.method);
        assert.match(url.pathname, new RegExp(`^${call.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
        const query = Object.fromEntries(url.searchParams);
        const queryIsRight = inQuery.validate(call.query ?? { maxProperties: 0 }, query);
        assert.ok(queryIsRight, `${inQuery.errorsText()} in ?${url.searchParams.toString()}`);
        if (call.body === undefined) assert.equal(request.body, undefined);
        else
          assert.ok(
            inBody.validate(call.body, request.body),
            `${inBody.errorsText()}: ${JSON.stringify(request.body)}`,
          );
      }
    });

    it(`${nameOf(operation)} refuses an input that is wrong, names the field, and sends nothing`, async () => {
      const { properties = {}, required = [] } = schemaOf(operation);
      const input = validInputs(operation).at(-1) as Record<string, unknown>;
      const wrong: [string, unknown][] = [
        ['unheardOf', { ...input, unheardOf: true }],
        ...Object.keys(properties).map((name): [string, unknown] => [name, { ...input, [name]: [{ wrong: true }] }]),
        ...required.map((name): [string, unknown] => [
          name,
          Object.fromEntries(Object.entries(input).filter(([key]) => key !== name)),
        ]),
      ];
      const client = createReferralRockClient({
        baseUrl: vendor.url,
        credentials: credentialsOf('Basic'),
        limiter: limiterOf(),
      });
      vendor.received.length = 0;
      for (const [name, given] of wrong) {
        const error = await vendorErrorOf(client.call(operation, given, options));
        assert.equal(error.kind, 'Invalid');
        const words = error.message.replace(operation.id, '');
        assert.ok(words.includes(name), `${name} is not named in: ${words}`);
      }
      assert.equal(vendor.received.length, 0);
    });
  }
});

describe('each operation of Referral Rock, on the simulated one,', () => {
  let sandbox: Sandbox;
  beforeEach(async () => void (sandbox = await startSandbox({ seed: 'lifelike' })));
  afterEach(() => sandbox.close());

  for (const operation of all) {
    it(`${nameOf(operation)} is taken, and its answer has the documented shape`, async () => {
      const input = examples[nameOf(operation)]?.(worldOf(sandbox));
      await sandboxClients(sandbox)['referral-rock'].call(operation, input, options);
    });
  }
});

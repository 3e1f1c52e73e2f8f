import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { generateSync, type JsonSchema } from 'json-schema-faker';
import { z } from 'zod';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { createGhlClient } from '../../../vendors/ghl/client.ts';
import type { Operation, VendorClient } from '../../../vendors/operation.ts';
import { operations } from '../../../vendors/operations.ts';
import { account, credentialsOf, limiterOf, startVendor, vendorErrorOf } from '../support.ts';
import { examples } from './examples/index.ts';
import { officialDocuments } from './official.ts';
import { worldOf } from './world.ts';

type Input = Record<string, unknown>;

const all = [...operations.values()].filter(({ vendor }) => vendor === 'ghl');
const nameOf = ({ id }: Operation): string => id.replace('ghl.', '');

function schemaOf({ input }: Operation): z.core.JSONSchema.ObjectSchema {
  return z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as z.core.JSONSchema.ObjectSchema;
}

/** Inputs made from the record's own schema, from the barest to the fullest, that it takes; each field has a value in some. */
function validInputs(operation: Operation): [Input, ...Input[]] {
  const schema = schemaOf(operation) as JsonSchema;
  const made = Array.from({ length: 16 }, (_, seed) => generateSync(schema, { seed, optionalsProbability: seed / 16 }));
  const full = Array.from({ length: 8 }, (_, seed) => generateSync(schema, { seed, alwaysFakeOptionals: true }));
  const inputs = [...made, ...full].filter((input) => operation.input.safeParse(input).success) as Input[];
  const [first, ...others] = inputs.toReversed();
  if (!first) throw new Error(`No valid input of ${operation.id} could be made`);
  for (const name of Object.keys(schemaOf(operation).properties ?? {}))
    assert.ok(
      inputs.some((input) => (input[name] ?? null) !== null),
      `no input gives ${name} a value`,
    );
  return [first, ...others];
}

/** Inputs that are each wrong in the named field: it is unheard of, of another kind, or missing. */
function wrongInputs(operation: Operation): [field: string, input: Input][] {
  const { properties = {}, required = [] } = schemaOf(operation);
  const [input] = validInputs(operation);
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  const kinds = Object.entries(properties).map(([name, schema]): [string, Input] => {
    const wrong = [7.5, 'wrong', [{ wrong: [] }]].find((value) => !ajv.validate(schema, value));
    assert.notEqual(wrong, undefined, `${name} takes anything`);
    return [name, { ...input, [name]: wrong }];
  });
  const missing = required.map((name): [string, Input] => {
    const { [name]: _, ...rest } = input;
    return [name, rest];
  });
  return [['unheardOf', { ...input, unheardOf: true }], ...kinds, ...missing];
}

describe('each operation of GoHighLevel', () => {
  let vendor: Awaited<ReturnType<typeof startVendor>>;
  let official: Awaited<ReturnType<typeof officialDocuments>>;
  let client: VendorClient;
  before(async () => {
    vendor = await startVendor({ status: 200, body: {} });
    client = createGhlClient({ baseUrl: vendor.url, credentials: credentialsOf(), limiter: limiterOf() });
    official = await officialDocuments();
  });
  after(() => vendor.close());

  /** Of the page that describes it. */
  const operationIdOf = ({ documentation }: Operation): string => {
    const bare = (words: string): string => words.replaceAll('-', '').toLowerCase();
    const page = bare(documentation.split('/').at(-1) ?? '');
    return official.operationIds.find((operationId) => bare(operationId) === page) ?? documentation;
  };
  const send = async (operation: Operation, input: unknown) => {
    vendor.received.length = 0;
    await client.call(operation, input, { account }).catch(() => undefined);
    return [...vendor.received];
  };

  it("is one of GHL's documents, and each of theirs is here, once", () => {
    assert.equal(all.length, 124);
    assert.deepEqual(all.map(operationIdOf).toSorted(), official.operationIds.toSorted());
  });

  for (const operation of all) {
    it(`${nameOf(operation)} sends what the official document describes`, async () => {
      for (const input of validInputs(operation)) {
        const [request] = await send(operation, input);
        assert.ok(request, JSON.stringify(input));
        const objections = await official.check(operationIdOf(operation), request);
        assert.deepEqual(objections, [], JSON.stringify(input));
      }
    });

    it(`${nameOf(operation)} refuses an input that is wrong, names the field, and sends nothing`, async () => {
      vendor.received.length = 0;
      for (const [field, input] of wrongInputs(operation)) {
        const error = await vendorErrorOf(client.call(operation, input, { account }));
        assert.equal(error.kind, 'Invalid');
        assert.match(error.message, new RegExp(`not sent, .*\\b${field}\\b`));
      }
      assert.equal(vendor.received.length, 0);
    });
  }
});

describe('each operation of GoHighLevel, on the simulated one,', () => {
  let sandbox: Sandbox;
  beforeEach(async () => void (sandbox = await startSandbox({ seed: 'lifelike' })));
  afterEach(() => sandbox.close());

  it('has an example', () => {
    assert.deepEqual(examples.map(({ operation }) => operation.id).toSorted(), all.map(({ id }) => id).toSorted());
  });

  for (const { operation, caller, input } of examples) {
    it(`${nameOf(operation)} is taken, and its answer has the documented shape`, async () => {
      const world = worldOf(sandbox);
      await world.call(operation, await input(world), caller);
    });
  }
});

import { customFieldByIdOrKey } from './custom-field-input.ts';
import { create, type Overlay, read, remove, write } from './entry.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const anything = { type: null };
/** The document has one alternative per kind of value, none of them a number. */
const customFields = { items: { anyOf: null, ...ref('CustomFieldInput') } };

const schemas = {
  CustomFieldInput: customFieldByIdOrKey,
  CreateDto: { properties: { customFields } },
  UpdateOpportunityDto: { properties: { customFields } },
  /* The document says `object`. */
  UpsertOpportunityDto: { properties: { monetaryValue: { type: 'number' } } },
  /* GHL takes a search without `query`; its cursor is the last record's `sort`, a time and an id. */
  OpportunitySearchBodyDTO: {
    properties: { searchAfter: { items: { type: null, anyOf: [{ type: 'string' }, { type: 'number' }] } } },
    required: ['locationId', 'limit', 'page', 'searchAfter', 'additionalDetails'],
  },
  FollowersDTO: { properties: { followers: { minItems: 1 } } },
  /* From here: answers as recorded. */
  CustomFieldResponseSchema: { properties: { fieldValue: { oneOf: null } } },
  SearchOpportunitiesResponseSchema: {
    properties: {
      indexVersion: anything,
      notes: { items: anything },
      tasks: { items: anything },
      calendarEvents: { items: anything },
      followers: { items: anything },
      sort: { type: 'array', items: {} },
    },
  },
  PipelinesResponseSchema: {
    properties: {
      stages: {
        items: {
          type: 'object',
          properties: { id: { type: 'string' }, name: { type: 'string' }, position: { type: 'number' } },
        },
      },
    },
  },
  UpsertOpportunitySuccessfulResponseDto: {
    properties: { opportunity: ref('SearchOpportunitiesResponseSchema') },
  },
};

const opportunity = { rename: { id: 'opportunityId' } };

export const opportunities = {
  patch: { components: { schemas } },
  resources: {
    opportunity: {
      get: read('get-opportunity', 'Get an opportunity', 'Reads one opportunity by its id.', opportunity),
      create: create('create-opportunity', 'Create an opportunity', 'Makes an opportunity of a contact in a pipeline.'),
      update: write(
        'update-opportunity',
        'Update an opportunity',
        'Changes the given fields of an opportunity.',
        opportunity,
      ),
      setStatus: write(
        'update-opportunity-status',
        "Set an opportunity's status",
        'Sets an opportunity open, won, lost or abandoned.',
        opportunity,
      ),
      upsert: create(
        'Upsert-opportunity',
        'Create or update an opportunity',
        'Changes the opportunity with this id, else makes one in the pipeline.',
      ),
      delete: remove('delete-opportunity', 'Delete an opportunity', 'Deletes an opportunity.', opportunity),
      search: read(
        'search-opportunities-advanced',
        'Search opportunities',
        "Finds a location's opportunities by a text, page by page or after a cursor.",
        {
          paging: { style: 'search-after', records: 'opportunities', max: 100, names: { size: 'limit' } },
          sure: ['opportunities'],
        },
      ),
      list: read(
        'search-opportunity',
        'List opportunities',
        "Reads a location's opportunities by pipeline, stage, contact, status or time.",
        {
          paging: { style: 'start-after', records: 'opportunities', max: 100 },
          parameters: { startAfter: { type: 'number' }, limit: { maximum: 100 } },
          sure: ['opportunities'],
        },
      ),
      addFollowers: write(
        'add-followers-opportunity',
        'Add followers to an opportunity',
        'Adds users who follow an opportunity.',
        opportunity,
      ),
      removeFollowers: write(
        'remove-followers-opportunity',
        'Remove followers from an opportunity',
        'Removes users who follow an opportunity, or all of them.',
        opportunity,
      ),
    },
    pipeline: {
      list: read('get-pipelines', 'List pipelines', "Reads a location's pipelines with their stages."),
    },
    lostReason: {
      list: read('get-lost-reason', 'List lost reasons', "Reads a location's reasons for lost opportunities.", {
        paging: { style: 'skip-limit', records: 'lostReasons', max: 100 },
      }),
    },
  },
} satisfies Overlay;

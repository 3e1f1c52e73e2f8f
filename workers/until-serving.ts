import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const types = {
  Text: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  Bool: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  Datetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

/** Names and types as `temporal operator search-attribute create` spells them. */
export type SearchAttributes = Record<string, keyof typeof types>;

/** Resolves once the server at `address` (host:port) serves the namespace `default` with these search attributes; rejects when the signal fires. */
export async function untilServing(address: string, attributes: SearchAttributes, signal: AbortSignal): Promise<void> {
  while (!(await accepts(address))) await sleep(50, undefined, { signal });
  const connection = await Connection.connect({ address, connectTimeout: 10_000 });
  try {
    // The port opens before the namespace can be used.
    await untilDone(() => addSearchAttributes(connection, 'default', attributes), signal);
  } finally {
    await connection.close();
  }
}

/** Whether anything listens at `address` (host:port). */
export function accepts(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host: host ?? '', port: Number(port) });
    const answer = (value: boolean) => () => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

/** Adds the search attributes that the namespace lacks, such as those that came after its database was made. */
export async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: SearchAttributes,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(wanted).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, types[type]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** Tries every 50 ms; when the signal fires, rejects with what the last try met. */
async function untilDone(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      await sleep(50);
      if (signal.aborted) throw error;
    }
  }
}

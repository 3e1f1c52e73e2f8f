import {
  type DatabaseConnection,
  type Driver,
  PGliteDialect,
  type PGliteDialectConfig,
  type TransactionSettings,
} from 'kysely';

/**
 * Kysely's PGlite dialect with one user of the connection at a time. Kysely hands its single connection to everybody at
 * once, so a query of one caller would run inside another's open transaction, and be rolled back with it.
 */
export class QueuedPGliteDialect extends PGliteDialect {
  constructor(config: PGliteDialectConfig) {
    super(config);
    const createDriver = this.createDriver.bind(this);
    this.createDriver = () => new QueuedDriver(createDriver());
  }
}

class QueuedDriver implements Driver {
  readonly #driver: Driver;
  #last: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  init(): Promise<void> {
    return this.#driver.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#last;
    let release: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
    return this.#driver.acquireConnection();
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.#driver.beginTransaction(connection, settings);
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#driver.commitTransaction(connection);
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#driver.rollbackTransaction(connection);
  }

  destroy(): Promise<void> {
    return this.#driver.destroy();
  }
}

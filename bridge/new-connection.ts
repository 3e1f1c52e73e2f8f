/** What a person gives to join one GHL location with one Referral Rock account. */
export interface NewConnection {
  readonly id: string;
  readonly name: string;
  readonly ghlLocationId: string;
  /** GHL's private integration token of the location. */
  readonly ghlToken: string;
  /** `public:private`. */
  readonly referralRockKeys: string;
  /** The programs that it owns; undefined: all that no other connection owns. */
  readonly programIds: readonly string[] | undefined;
}

/** How a connection is added; whoever serves the bridge brings it, for the bridge itself calls no vendor. */
export interface Connecting {
  /** One harmless read at each vendor, before anything is stored: what was refused, a sentence each. */
  check(wish: NewConnection): Promise<readonly string[]>;
  /** Stores it, only observing; the secrets sealed. What must be read of its accounts is read from then on. */
  add(wish: NewConnection): Promise<'added' | 'taken'>;
}

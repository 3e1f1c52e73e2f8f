type Changed = { followers: string[]; changed: string[] };

/** Followers with others added, and which of them are new. */
export function withFollowers(followers: readonly string[], added: readonly string[]): Changed {
  const changed = [...new Set(added)].filter((id) => !followers.includes(id));
  return { followers: [...followers, ...changed], changed };
}

/** Followers without some, and which of these were there. */
export function withoutFollowers(followers: readonly string[], removed: readonly string[]): Changed {
  const changed = followers.filter((id) => removed.includes(id));
  return { followers: followers.filter((id) => !removed.includes(id)), changed };
}

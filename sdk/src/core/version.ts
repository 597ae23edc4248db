/** The versions this implementation speaks. */
export const SPOKEN: { readonly lowest: number; readonly highest: number } = {
  lowest: 1,
  highest: 1,
};

/** What a peer has said of the versions it speaks. */
export interface VersionRange {
  readonly lowest: number;
  readonly highest: number;
}

/**
 * The version both sides speak [PW-VER-4]: the lower of the two highest, if
 * each side speaks it; undefined if there is none [PW-VER-5].
 */
export function agreeVersion(own: VersionRange, peer: VersionRange): number | undefined {
  const version = Math.min(own.highest, peer.highest);
  return version >= own.lowest && version >= peer.lowest ? version : undefined;
}

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

/** What this side knows of the versions of its peer, and the version it writes. */
export class VersionAgreement {
  #current: number = SPOKEN.highest; // PW-VER-1
  #peerLowest: number | undefined;
  /** The version of the last frame, if there is one in common. */
  #heard: number | undefined;

  /** The version of the frames this side sends. */
  get current(): number {
    return this.#current;
  }

  /**
   * A frame of `version` came, which named `lowest` or no lowest version.
   * Returns what the peer speaks if that is nothing this side does [PW-VER-5].
   */
  hear(version: number, lowest: number | undefined): VersionRange | undefined {
    if (version === this.#heard && lowest === undefined) return undefined; // as nearly every frame
    if (lowest !== undefined && lowest > 0) this.#peerLowest = lowest; // PW-VER-2
    const peer = { lowest: Math.min(this.#peerLowest ?? version, version), highest: version };
    const agreed = agreeVersion(SPOKEN, peer);
    if (agreed === undefined) return peer;
    this.#current = agreed; // PW-VER-4
    this.#heard = version;
    return undefined;
  }
}

// Marks: large communities that tell a speaker's export policy what to do with a route. They never leave the node.

/** AS 4294967295 is nobody's (RFC 7300), so no community of a network begins like this (RFC 8092 §2). */
export const markSpace = "4294967295:4242:";

/** @param number 32 bits */
export function markText(number: number): string {
  return `${markSpace}${number}`;
}

export function isMark(community: string): boolean {
  return community.startsWith(markSpace);
}

/** The language of a BCP 47 tag, in lower case, without script and region: `es-MX` and `es` are the same language. */
export function primaryOf(tag: string): string {
  return tag.split('-', 1)[0]!.toLowerCase();
}

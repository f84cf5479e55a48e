/** @returns the English name of a language in lower case (`english`), or the tag itself if it has none */
export function languageName(tag: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag)?.toLowerCase() ?? tag;
}

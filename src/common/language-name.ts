/** Made once: it takes longer to make than a request for a language takes otherwise. */
const names = new Intl.DisplayNames(['en'], { type: 'language' });

/** @returns the English name of a language in lower case (`english`), or the tag itself if it has none */
export function languageName(tag: string): string {
  return names.of(tag)?.toLowerCase() ?? tag;
}

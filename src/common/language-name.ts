/** Made once: it takes longer to make than a request for a language takes otherwise. */
const names = new Intl.DisplayNames(['en'], { type: 'language' });

/** Names of OpenAI that are not CLDR's. */
const otherNames: Readonly<Record<string, string>> = {
  bn: 'bengali',
  mi: 'maori',
  my: 'myanmar',
  nn: 'nynorsk',
  tl: 'tagalog',
};

/** @returns the English name of a language in lower case, as OpenAI has it (`english`), or the tag itself if it has none */
export function languageName(tag: string): string {
  return otherNames[tag] ?? commonName(tag);
}

/** @returns the names by which a client may mean a language: that of `languageName`, and that of CLDR (`burmese`) */
export function languageNames(tag: string): readonly string[] {
  return [languageName(tag), commonName(tag)];
}

function commonName(tag: string): string {
  return names.of(tag)?.toLowerCase() ?? tag;
}

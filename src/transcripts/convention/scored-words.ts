/** Points of Arabic and Hebrew, which texts may have or not, and the stroke that only stretches a word. */
const optionalMarks = /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u0652\u0670\u0640]/gu;

/**
 * The words that scoring compares: lower case, punctuation and symbols other than apostrophes dropped, and nothing else.
 * Words that punctuation separated stay separate: "ill-disposed" is two words. "22" and "twenty two" differ, and so do
 * spellings and texts with and without fillers: whoever wants them equal has both written in one convention first. Accents
 * count, however they are encoded; the points of Arabic and Hebrew do not.
 * @param language BCP 47 tag: Turkish has other small letters than English
 */
export function scoredWords(text: string, language = 'en'): string[] {
  const plain = text
    .normalize('NFKC')
    .toLocaleLowerCase(language)
    .replace(optionalMarks, '')
    .replaceAll('’', "'")
    .replace(/[^\p{L}\p{M}\p{N}\s']/gu, ' ');
  return plain.split(/\s+/).filter((word) => word !== '');
}

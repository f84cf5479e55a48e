/** The pages of an Ogg file. */
export function pagesOf(file: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const count = file[at + 26]!;
    const size =
      27 + count + file.subarray(at + 27, at + 27 + count).reduce((sum, length) => sum + length, 0);
    pages.push(file.subarray(at, at + size));
    at += size;
  }
  return pages;
}

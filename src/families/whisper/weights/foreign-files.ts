const signatures: readonly (readonly [bytes: string, kind: string])[] = [
  ['PK\x03\x04', 'a zip archive, as PyTorch writes them: convert it to safetensors'],
  ['\x80\x02', 'a pickle, which is never read: convert it to safetensors'],
  ['\x80\x03', 'a pickle, which is never read: convert it to safetensors'],
  ['\x80\x04', 'a pickle, which is never read: convert it to safetensors'],
  ['\x80\x05', 'a pickle, which is never read: convert it to safetensors'],
  ['version https://git-lfs', 'a pointer of Git LFS: fetch the file itself (git lfs pull)'],
  ['GGUF', 'a file of llama.cpp'],
  ['lmgg', 'a file of whisper.cpp'],
  ['\x89HDF', 'an HDF5 file'],
  ['\x1f\x8b', 'a gzip file'],
];

/** Returns the kind of a file that does not hold weights in the expected form, from its first bytes (64 are enough). */
export function foreignKind(head: Uint8Array): string | undefined {
  const text = Buffer.from(head).toString('latin1');
  const known = signatures.find(([bytes]) => text.startsWith(bytes));
  if (known) return known[1];
  if (text.charAt(8) === '{' && head[7] === 0) return 'a safetensors file';
  return text.length > 0 && /^[\t\n\r\x20-\x7e]*$/.test(text) ? 'a text' : undefined;
}

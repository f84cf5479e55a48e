export interface Prompt {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly seconds: number;
}

export const promptLanguages: readonly string[];
export const promptsFolder: string;
export function hasPrompts(): boolean;
export function promptsOf(language: string): readonly Prompt[];
export function spread<Item>(list: readonly Item[], count: number): readonly Item[];

/** The settings of one process, as a file gives them. */
export interface SettingsGroup {
  /** Which process, where a file has several: `Deployment hearken, container hearken`. */
  readonly title: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface SettingsFile {
  readonly groups: readonly SettingsGroup[];
  /** What is wrong with the file itself, in sentences. */
  readonly problems: readonly string[];
  /** What it does not tell, and was therefore not checked. */
  readonly notes: readonly string[];
}

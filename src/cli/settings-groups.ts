/** The settings of one process, as a file gives them. */
export interface SettingsGroup {
  /** The process, where a file has several: `Deployment hearken, container hearken`. */
  readonly title: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface SettingsFile {
  readonly groups: readonly SettingsGroup[];
  /** Faults of the file itself, in sentences. */
  readonly problems: readonly string[];
  /** Parts that are not in the file and were therefore not checked. */
  readonly notes: readonly string[];
}

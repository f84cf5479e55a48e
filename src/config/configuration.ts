import type { Environment, SettingName } from './settings.js';

/** The validated settings, injected by type. */
export class Configuration {
  constructor(private readonly environment: Environment) {}

  get<Name extends SettingName>(name: Name): Environment[Name] {
    return this.environment[name];
  }

  /** Whether clients need a key. A file of keys stands for that even while it has none. */
  get needsKey(): boolean {
    return this.get('API_KEYS').size > 0 || this.get('API_KEYS_FILE') !== '';
  }
}

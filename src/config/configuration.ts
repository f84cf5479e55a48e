import type { Environment, SettingName } from './settings.js';

/** The validated settings, injected by type. */
export class Configuration {
  constructor(private readonly environment: Environment) {}

  get<Name extends SettingName>(name: Name): Environment[Name] {
    return this.environment[name];
  }
}

/** What Azure takes as a name: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export interface NameRule {
  readonly pattern: RegExp;
  /** After "must be". */
  readonly words: string;
}

const rule = (pattern: RegExp, words: string): NameRule => ({ pattern, words });

/** By class; any other name is Azure's affair alone. */
export const NAMES: Readonly<Record<string, NameRule>> = {
  "consumption:Budget": rule(/^[\w-]{1,63}$/, "1 to 63 letters, digits, dashes and underscores"),
  "containerregistry:Registry": rule(/^[A-Za-z0-9]{5,50}$/, "5 to 50 letters and digits"),
  "containerservice:AgentPool": rule(/^[a-z][a-z0-9]{0,11}$/, "1 to 12 lower-case letters and digits, a letter first"),
  "containerservice:ManagedCluster": rule(
    /^[A-Za-z0-9]([\w-]{0,61}[A-Za-z0-9])?$/,
    "1 to 63 letters, digits, dashes and underscores, a letter or digit at both ends",
  ),
  "dashboard:Grafana": rule(/^[A-Za-z][A-Za-z0-9-]{0,21}[A-Za-z0-9]$/, "2 to 23 letters, digits and dashes, a letter first"),
  "dbforpostgresql:Server": rule(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "3 to 63 lower-case letters, digits and dashes, no dash at an end"),
  "keyvault:Secret": rule(/^[A-Za-z0-9-]{1,127}$/, "1 to 127 letters, digits and dashes"),
  "keyvault:Vault": rule(/^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]$/, "3 to 24 letters, digits and single dashes, a letter first"),
  "managedidentity:UserAssignedIdentity": rule(
    /^[A-Za-z0-9][\w-]{2,127}$/,
    "3 to 128 letters, digits, dashes and underscores, a letter or digit first",
  ),
  "monitor:DataCollectionEndpoint": rule(/^[A-Za-z0-9][A-Za-z0-9-]{1,42}[A-Za-z0-9]$/, "3 to 44 letters, digits and dashes"),
  "network:PrivateEndpoint": rule(/^[A-Za-z0-9][\w.-]{0,62}\w$/, "2 to 64 letters, digits, dashes, underscores and periods"),
  "network:Subnet": rule(/^[A-Za-z0-9]([\w.-]{0,78}\w)?$/, "1 to 80 letters, digits, dashes, underscores and periods"),
  "network:VirtualNetwork": rule(/^[A-Za-z0-9][\w.-]{0,62}\w$/, "2 to 64 letters, digits, dashes, underscores and periods"),
  "operationalinsights:Workspace": rule(/^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/, "4 to 63 letters, digits and dashes"),
  "redisenterprise:RedisEnterprise": rule(/^(?=.{1,60}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/, "1 to 60 letters, digits and single dashes"),
  "resources:ResourceGroup": rule(/^[\w.()-]{0,89}[\w()-]$/, "1 to 90 letters, digits, dashes, underscores, periods and parentheses"),
};

export const nameRuleOf = (type: string): NameRule | undefined => NAMES[type.slice("azure-native:".length)];

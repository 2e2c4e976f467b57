import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { present } from "../model.ts";

/** Rules of who reaches an environment: every user list exists, and no admin path is open by accident. */
export function checkAccess(application: ApplicationSettings, environment: EnvironmentSettings, stack: string): Finding[] {
  const found: Finding[] = [];
  const add = (part: Finding["part"], path: PropertyKey[], message: string) => found.push({ part, path, message });
  const { access } = environment;
  const adminPaths = application.services.flatMap((service, index) => {
    if (service.kind === "worker" || service.route?.admin === undefined) return [];
    const { path, admin } = service.route;
    if (!isBelow(admin, path))
      add("application", ["services", index, "route", "admin"], `must lie below the route's path ${path}, such as ${below(path, "admin")}`);
    const other = application.services.findIndex(({ name }) => name === `${service.name}-admin`);
    if (other >= 0) add("application", ["services", other, "name"], `is the name of ${service.name}'s admin route: choose another name`);
    return [`${service.name}'s ${admin}`];
  });
  if (access.admin === undefined && adminPaths.length > 0) {
    const paths = adminPaths.join(" and ");
    add("environment", ["access", "admin"], `is missing: say who reaches ${paths}: cidrs, basicAuth or both; or open`);
  }
  if (access.admin !== undefined && adminPaths.length === 0)
    add("environment", ["access", "admin"], "restricts nothing: no service declares route.admin");
  if (access.admin === "open" && environment.database?.data === "real" && adminPaths.length > 0)
    add("environment", ["access", "admin"], "must not be open: this environment holds real data");

  const named = [
    { path: ["access", "basicAuth", "secret"], key: access.basicAuth?.secret },
    { path: ["access", "admin", "basicAuth", "secret"], key: access.admin === "open" ? undefined : access.admin?.basicAuth?.secret },
  ];
  for (const { path, key } of named) {
    if (key === undefined) continue;
    const declared = Object.values(application.secrets).flatMap(({ keys }) => (Object.hasOwn(keys, key) ? [keys[key]!] : []));
    if (!declared.some((secret) => present(secret, stack)))
      add("environment", path, `"${key}" is not declared for ${stack}: add it to a set of application.secrets, with format: htpasswd`);
    else if (!declared.every(({ format }) => format === "htpasswd"))
      add("environment", path, `"${key}" must have format: htpasswd in application.secrets, so that no service is given it`);
  }
  return found;
}

const below = (path: string, segment: string): string => `${path.replace(/\/+$/, "")}/${segment}`;
const isBelow = (admin: string, path: string): boolean => admin.startsWith(below(path, "")) && admin.length > below(path, "").length;

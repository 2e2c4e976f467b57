import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { findService, usesDatabase } from "../model.ts";

/** Rules of the database's declaration, and of the tasks and checks that name a service. */
export function checkDatabaseDeclaration(application: ApplicationSettings): Finding[] {
  const found: Finding[] = [];
  const add = (path: PropertyKey[], message: string) => found.push({ part: "application", path, message });
  const { database } = application;
  if (database !== undefined) {
    if (!Object.values(application.secrets).some((set) => Object.hasOwn(set.keys, database.secret))) {
      add(["database", "secret"], `"${database.secret}" is not declared: add it to a set of application.secrets`);
    }
    for (const task of ["migration", "reset"] as const) {
      const name = database[task]?.service;
      if (name === undefined) continue;
      const service = findService(application, name);
      if (service === undefined) add(["database", task, "service"], `there is no service "${name}"`);
      else if (!usesDatabase(service, application))
        add(["database", task, "service"], `"${name}" does not read the secret ${database.secret}: add its set to the service's secrets`);
    }
  }
  application.smoke?.checks.forEach(({ service: name }, index) => {
    const service = findService(application, name);
    if (service === undefined) add(["smoke", "checks", index, "service"], `there is no service "${name}"`);
    else if (service.kind === "worker") add(["smoke", "checks", index, "service"], `"${name}" is a worker: it answers no request`);
  });
  return found;
}

/** Rules of one environment's database: real data is backed up, never reset, and lives alone. */
export function checkDatabase(application: ApplicationSettings, environment: EnvironmentSettings): Finding[] {
  const declared = application.database;
  const { database } = environment;
  const add = (path: PropertyKey[], message: string): Finding => ({ part: "environment", path: ["database", ...path], message });
  if (declared === undefined) return database === undefined ? [] : [add([], "the application declares no database")];
  if (database === undefined) return [add([], "is missing: the application declares a database")];
  const found: Finding[] = [];
  if (database.data !== "synthetic" && database.backup === undefined) {
    found.push(add(["backup"], `is missing: ${database.data} data is backed up, and migrated only after a verified backup`));
  }
  if (database.reset !== undefined && database.data === "real") found.push(add(["reset"], "real data is never reset: remove the schedule"));
  if (database.reset !== undefined && declared.reset === undefined)
    found.push(add(["reset"], "needs application.database.reset, the command that resets"));
  if (database.tenancy === "shared" && database.data === "real") found.push(add(["tenancy"], "real data needs a dedicated database"));
  return found;
}

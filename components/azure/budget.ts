import { Budget } from "@pulumi/azure-native/consumption/budget.js";
import * as pulumi from "@pulumi/pulumi";
import type { Budget as BudgetSettings } from "./primitives.ts";

export interface BudgetArgs {
  /** Id of the resource group whose costs are counted, and the tag that an environment's own resources bear. */
  readonly scope: pulumi.Input<string>;
  readonly tag?: { readonly name: string; readonly value: string };
  readonly budget: BudgetSettings;
  readonly contactGroups?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** Tells people what a month costs, before it does. */
export function createBudget(name: string, { scope, tag, budget, contactGroups }: BudgetArgs, opts: pulumi.CustomResourceOptions): Budget {
  const notice = (threshold: number, thresholdType: "Actual" | "Forecasted") => ({
    enabled: true,
    operator: "GreaterThanOrEqualTo",
    threshold,
    thresholdType,
    contactEmails: [...budget.contacts],
    ...(contactGroups === undefined ? {} : { contactGroups }),
  });
  const spent = budget.thresholds.map((threshold) => [`actual${String(threshold).replace(".", "_")}`, notice(threshold, "Actual")]);
  const last = Math.max(...budget.thresholds);
  return new Budget(
    name,
    {
      scope,
      // Letters, digits, dashes and underscores, 63 at most.
      budgetName: `${pulumi.getProject()}-${pulumi.getStack()}`.replaceAll(/[^\w-]/g, "-").slice(0, 63),
      category: "Cost",
      amount: budget.amount,
      timeGrain: "Monthly",
      timePeriod: { startDate: `${budget.start}T00:00:00Z` },
      ...(tag === undefined ? {} : { filter: { tags: { name: tag.name, operator: "In", values: [tag.value] } } }),
      notifications: { ...Object.fromEntries(spent), forecasted: notice(last, "Forecasted") },
    },
    // Azure gives dates back in another form, and an end ten years on that nobody asked for.
    { ...opts, ignoreChanges: ["timePeriod.endDate", "eTag"] },
  );
}

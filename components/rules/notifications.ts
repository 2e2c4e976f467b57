import type { ApplicationSettings } from "../application.schema.ts";
import type { Finding } from "../faults.ts";

/** Messages are for roles and about environments that there are, and a mail has somebody to go to. */
export function checkNotifications({ notifications, promotion }: ApplicationSettings): Finding[] {
  const found: Finding[] = [];
  const add = (path: PropertyKey[], message: string) =>
    found.push({ part: "application", path: ["notifications", "receivers", ...path], message });
  notifications.receivers.forEach((receiver, index) => {
    receiver.roles.forEach((role, at) => {
      if (!Object.hasOwn(promotion.roles, role)) add([index, "roles", at], `names "${role}", which is not in promotion.roles`);
    });
    receiver.stacks?.forEach((stack, at) => {
      if (!promotion.path.includes(stack)) add([index, "stacks", at], `names "${stack}", which is not on the promotion path`);
    });
    if (receiver.kind === "email" && receiver.to.length + receiver.roles.length === 0)
      add([index, "to"], "is missing: name addresses, or roles whose people have one");
  });
  return found;
}

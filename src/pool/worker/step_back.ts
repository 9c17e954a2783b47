/** Workers behind the thread that they work for: on Linux a thread has a priority of its own. */

/** The permission that `stepBack` takes, for whoever starts workers. */
export const STEP_BACK_PERMISSION: Deno.PermissionOptionsObject = { sys: ["setPriority"] };

/**
 * Whether threads started here may step back. Elsewhere than on Linux it would be the whole process that
 * does.
 */
export async function mayStepBack(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  return (await Deno.permissions.query({ name: "sys", kind: "setPriority" })).state === "granted";
}

/**
 * Lowers this thread's priority and gives the permission back: from then on it has none of it. To be
 * called by a worker as it starts.
 *
 * @param niceness as Linux counts: 1, hardly, to 19, as far as possible (setpriority(2))
 * @throws Deno.errors.NotCapable without {@link STEP_BACK_PERMISSION}
 */
export async function stepBack(niceness: number): Promise<void> {
  const { setPriority } = await import("node:os");
  // 0 is the thread that asks.
  setPriority(0, niceness);
  await Deno.permissions.revoke({ name: "sys", kind: "setPriority" });
}

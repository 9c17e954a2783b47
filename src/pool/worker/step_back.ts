/** Lower priority for workers than for the thread that they work for: Linux has one for each thread. */

/** The permission that a worker needs to `stepBack`. */
export const STEP_BACK_PERMISSION: Deno.PermissionOptionsObject = { sys: ["setPriority"] };

/**
 * Whether threads started here may step back. Not elsewhere than on Linux, where it would affect the
 * whole process.
 */
export async function mayStepBack(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  return (await Deno.permissions.query({ name: "sys", kind: "setPriority" })).state === "granted";
}

/**
 * Lowers this thread's priority and gives up the permission. To be called by a worker as it starts.
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

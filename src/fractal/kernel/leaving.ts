// How pixels leave their group: outside radius 2, or counted as interior.

import { alive, m, n, setAlive, x0, x1, x2, x3, y0, y1, y2, y3 } from "./group";
import { beyondOf } from "./pair";
import { leave, note, stay } from "./pixels";
import { powerOfTwo } from "./power";
import { excess, excessE, readExcess } from "./reference";

/** Notes the lanes that are outside radius 2 by however little: |Z + z|^2 - 4 without cancellation. */
export function lookAtRim(ref: usize, zx: v128, zy: v128): void {
  readExcess(ref, m);
  const ahead = f64x2.splat(excess * powerOfTwo(excessE));
  const lanes = beyondOf(ahead, zx, zy, x0, y0) | beyondOf(ahead, zx, zy, x1, y1) << 2 |
    beyondOf(ahead, zx, zy, x2, y2) << 4 | beyondOf(ahead, zx, zy, x3, y3) << 6;
  if (n > 0) note(lanes & alive, n - 1);
}

/** Lets these lanes go, whose orbits are at u + iv. */
export function letGo(
  lanes: i32,
  u0: v128,
  v0: v128,
  u1: v128,
  v1: v128,
  u2: v128,
  v2: v128,
  u3: v128,
  v3: v128,
): void {
  letPairGo(lanes, 0, u0, v0);
  letPairGo(lanes, 2, u1, v1);
  letPairGo(lanes, 4, u2, v2);
  letPairGo(lanes, 6, u3, v3);
  setAlive(alive & ~lanes);
}

@inline
function letPairGo(lanes: i32, first: i32, u: v128, v: v128): void {
  if (lanes >> first & 1) leave(first, n - 1, f64x2.extract_lane(u, 0), f64x2.extract_lane(v, 0));
  if (lanes >> first & 2) {
    leave(first + 1, n - 1, f64x2.extract_lane(u, 1), f64x2.extract_lane(v, 1));
  }
}

/** Counts all that are left as interior. */
export function letStay(): void {
  for (let lane = 0; lane < 8; lane++) if (alive >> lane & 1) stay(lane);
  setAlive(0);
}

/** Lets all that are left go at the orbit's point itself: their differences are nothing against it. */
export function letAllGo(x: f64, y: f64): void {
  for (let lane = 0; lane < 8; lane++) {
    if (alive >> lane & 1) leave(lane, n - 1, x, y);
  }
  setAlive(0);
}

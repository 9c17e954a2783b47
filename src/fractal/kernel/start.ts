// The first steps of two groups side by side, as long as no pixel needs a look and none may skip.
//
// Eight chains hide more of a step's latency than four, although z has no room in the registers any more
// (2026-11-28, steps alone, of the direct kernel's limit: 4 chains 0.55, 6 0.57, 8 0.58). What a group does
// is the same without this, bit for bit.

import { BLOCK, LONG_BLOCK, Reference } from "./reference";
import { limit } from "./pixels";

const ZERO: v128 = i64x2.splat(0);

/** c: four pairs of columns, two rows. In globals, as in group.ts. */
let cx0: v128 = ZERO, cx1: v128 = ZERO, cx2: v128 = ZERO, cx3: v128 = ZERO;
let cy0: v128 = ZERO, cy1: v128 = ZERO;

/**
 * Starts eight columns of two rows, differences from a reference that is not wide. Leaves z at `z`, the left
 * four columns first, as `takeZ` wants them; returns the steps made, which are the index too.
 */
export function startTwo(ref: usize, columns: usize, rows: usize, z: usize): i32 {
  const reference = changetype<Reference>(ref);
  if (limit < 1 || reference.length < 1) return 0;
  cx0 = v128.load(columns), cx1 = v128.load(columns, 16);
  cx2 = v128.load(columns, 32), cx3 = v128.load(columns, 48);
  cy0 = v128.load64_splat(rows), cy1 = v128.load64_splat(rows, 8);
  // z_1 = 0 + c
  let u0 = f64x2.add(ZERO, cx0), v0 = f64x2.add(ZERO, cy0);
  let u1 = f64x2.add(ZERO, cx1), v1 = f64x2.add(ZERO, cy0);
  let u2 = f64x2.add(ZERO, cx0), v2 = f64x2.add(ZERO, cy1);
  let u3 = f64x2.add(ZERO, cx1), v3 = f64x2.add(ZERO, cy1);
  let u4 = f64x2.add(ZERO, cx2), v4 = f64x2.add(ZERO, cy0);
  let u5 = f64x2.add(ZERO, cx3), v5 = f64x2.add(ZERO, cy0);
  let u6 = f64x2.add(ZERO, cx2), v6 = f64x2.add(ZERO, cy1);
  let u7 = f64x2.add(ZERO, cx3), v7 = f64x2.add(ZERO, cy1);
  let m = 1;
  const last = min(reference.length, limit);
  while (m + BLOCK <= last) {
    const most = f64x2.pmax(
      f64x2.pmax(
        f64x2.pmax(longer(u0, v0), longer(u1, v1)),
        f64x2.pmax(longer(u2, v2), longer(u3, v3)),
      ),
      f64x2.pmax(
        f64x2.pmax(longer(u4, v4), longer(u5, v5)),
        f64x2.pmax(longer(u6, v6), longer(u7, v7)),
      ),
    );
    const size = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
    if (!(size < load<f64>(reference.safe + (<usize> (<u32> (m - 1) / BLOCK) << 3)))) break;
    let steps = BLOCK;
    if (
      ((m - 1) & (LONG_BLOCK - 1)) === 0 && m + LONG_BLOCK <= last &&
      size < load<f64>(reference.safeLong + (<usize> (<u32> (m - 1) / LONG_BLOCK) << 3))
    ) steps = LONG_BLOCK;
    let point = reference.orbit + (<usize> m << 4);
    m += steps;
    for (; steps > 0; steps--) {
      const zx = v128.load64_splat(point), zy = v128.load64_splat(point, 8);
      const px = f64x2.add(zx, zx), py = f64x2.add(zy, zy);
      let s = f64x2.add(px, u0), t = f64x2.add(py, v0);
      let w = f64x2.add(f64x2.sub(f64x2.mul(s, u0), f64x2.mul(t, v0)), cx0);
      v0 = f64x2.add(f64x2.add(f64x2.mul(s, v0), f64x2.mul(t, u0)), cy0), u0 = w;
      s = f64x2.add(px, u1), t = f64x2.add(py, v1);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u1), f64x2.mul(t, v1)), cx1);
      v1 = f64x2.add(f64x2.add(f64x2.mul(s, v1), f64x2.mul(t, u1)), cy0), u1 = w;
      s = f64x2.add(px, u2), t = f64x2.add(py, v2);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u2), f64x2.mul(t, v2)), cx0);
      v2 = f64x2.add(f64x2.add(f64x2.mul(s, v2), f64x2.mul(t, u2)), cy1), u2 = w;
      s = f64x2.add(px, u3), t = f64x2.add(py, v3);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u3), f64x2.mul(t, v3)), cx1);
      v3 = f64x2.add(f64x2.add(f64x2.mul(s, v3), f64x2.mul(t, u3)), cy1), u3 = w;
      s = f64x2.add(px, u4), t = f64x2.add(py, v4);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u4), f64x2.mul(t, v4)), cx2);
      v4 = f64x2.add(f64x2.add(f64x2.mul(s, v4), f64x2.mul(t, u4)), cy0), u4 = w;
      s = f64x2.add(px, u5), t = f64x2.add(py, v5);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u5), f64x2.mul(t, v5)), cx3);
      v5 = f64x2.add(f64x2.add(f64x2.mul(s, v5), f64x2.mul(t, u5)), cy0), u5 = w;
      s = f64x2.add(px, u6), t = f64x2.add(py, v6);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u6), f64x2.mul(t, v6)), cx2);
      v6 = f64x2.add(f64x2.add(f64x2.mul(s, v6), f64x2.mul(t, u6)), cy1), u6 = w;
      s = f64x2.add(px, u7), t = f64x2.add(py, v7);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u7), f64x2.mul(t, v7)), cx3);
      v7 = f64x2.add(f64x2.add(f64x2.mul(s, v7), f64x2.mul(t, u7)), cy1), u7 = w;
      point += 16;
    }
  }
  v128.store(z, u0, 0), v128.store(z, v0, 64);
  v128.store(z, u1, 16), v128.store(z, v1, 80);
  v128.store(z, u2, 32), v128.store(z, v2, 96);
  v128.store(z, u3, 48), v128.store(z, v3, 112);
  v128.store(z, u4, 128), v128.store(z, v4, 192);
  v128.store(z, u5, 144), v128.store(z, v5, 208);
  v128.store(z, u6, 160), v128.store(z, v6, 224);
  v128.store(z, u7, 176), v128.store(z, v7, 240);
  return m;
}

@inline
function longer(x: v128, y: v128): v128 {
  return f64x2.pmax(f64x2.abs(x), f64x2.abs(y));
}

// The payloads of queue_bench.ts, in TypeScript and in Python: the same values.

/** The payloads by name. */
export type PayloadName = "number" | "tuple" | "list" | "batch";

/** Each payload with how many of it Python sends in about a third of a second, and as a Python expression. */
export const PAYLOADS: Readonly<
  Record<PayloadName, { readonly pythonCount: number; readonly python: string }>
> = {
  number: { pythonCount: 40_000, python: "12345" },
  tuple: { pythonCount: 40_000, python: "((3, 4), complex(0.0965, -0.638))" },
  list: { pythonCount: 8_000, python: "list(range(1000))" },
  batch: {
    pythonCount: 400,
    python: "[((i // 40, i % 40), complex(0.1 + i / 7, -0.6)) for i in range(1000)]",
  },
};

/** The value of a payload; a complex number is a pair. */
export function payloadOf(name: PayloadName): unknown {
  switch (name) {
    case "number":
      return 12345;
    case "tuple":
      return [[3, 4], [0.0965, -0.638]];
    case "list":
      return Array.from({ length: 1000 }, (_, i) => i);
    case "batch":
      return Array.from(
        { length: 1000 },
        (_, i) => [[Math.floor(i / 40), i % 40], [0.1 + i / 7, -0.6]],
      );
  }
}

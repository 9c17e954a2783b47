// Tests of the ring of answers: what fits comes out as it went in, what does not is refused.

import assert from "node:assert/strict";
import { AnswerRing } from "../../src/pool/parallel/answer_ring.ts";
import type { Answer } from "../../src/pool/wire.ts";

function answerWith(id: number, value: unknown): Answer {
  return { kind: "left", id, milliseconds: 2.5, failed: null, last: { value } };
}

Deno.test("answers come out in order, as they went in", () => {
  const parents = new AnswerRing();
  const workers = new AnswerRing(parents.buffer);
  const answers = [
    answerWith(1, { bytes: Uint8Array.of(1, 2, 3), colour: 0.25, encode: 1.5 }),
    answerWith(2, { bytes: new Uint8Array(100_000).fill(7), colour: 1, encode: 2 }),
    answerWith(3, { bytes: Uint8Array.of(1, 2, 3), numbers: [0.25, -1.5, Infinity] }),
    answerWith(4, { bytes: new Uint8Array(100_001).fill(7), numbers: [] }),
    answerWith(5, { bytes: new Uint8Array(0), numbers: [NaN] }),
    answerWith(6, { bytes: Uint8Array.of(1), numbers: ["no number"] }),
    answerWith(7, { bytes: Uint8Array.of(1), numbers: [1], more: "than these" }),
  ];
  for (const answer of answers) assert.ok(workers.put(answer));
  assert.deepEqual([...parents.taken()], answers);
  assert.deepEqual([...parents.taken()], []);
});

Deno.test("bytes with numbers come out whole where the ring's end lies between or within them", () => {
  const ring = new AnswerRing();
  const lengths = Array.from({ length: 400 }, (_, i) => 30_000 + i);
  for (const [id, length] of lengths.entries()) {
    const bytes = Uint8Array.from({ length }, (_, i) => id + i);
    const answer = answerWith(id, { bytes, numbers: [id, length] });
    assert.ok(ring.put(answer));
    const [taken] = ring.taken();
    assert.deepEqual(taken, answer);
  }
});

Deno.test("what is too large, finds no room or cannot be encoded is refused", () => {
  const ring = new AnswerRing();
  assert.equal(ring.put(answerWith(1, new Uint8Array(2 ** 20))), false);
  assert.equal(ring.put(answerWith(2, () => {})), false);
  const tooLarge = { bytes: new Uint8Array(2 ** 20), numbers: [1] };
  assert.equal(ring.put(answerWith(3, tooLarge)), false);
  let put = 0;
  while (ring.put(answerWith(put, new Uint8Array(50_000)))) put++;
  assert.ok(put > 1, `${put} answers found room`);
  assert.deepEqual([...ring.taken()].map((answer) => "id" in answer && answer.id), [
    ...Array(put).keys(),
  ]);
  assert.ok(ring.put(answerWith(put, null)));
});

Deno.test("every answer is reported until the listener has had enough", async () => {
  const ring = new AnswerRing();
  const heard: Answer[] = [];
  let told = Promise.withResolvers<void>();
  let listening = true;
  const listens = ring.listen(() => {
    heard.push(...ring.taken());
    told.resolve();
    return listening;
  });
  // The event loop of a test has nothing else to live on.
  const alive = setInterval(() => {}, 1000);
  for (const id of [1, 2, 3]) {
    told = Promise.withResolvers();
    assert.ok(ring.put(answerWith(id, null)));
    await told.promise;
    assert.equal(heard.length, id);
  }
  listening = false;
  ring.wake();
  await listens;
  clearInterval(alive);
});

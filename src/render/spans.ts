/** Spans of a trace: what a request waited for, for OpenTelemetry where that is enabled. */

import {
  INVALID_SPAN_CONTEXT,
  ProxyTracerProvider,
  type Span,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

/**
 * Deno registers itself with this interface before any module runs, when it runs with `OTEL_DENO=true`.
 * Without it no spans are made (experiment render-7).
 */
const tracer = trace.getTracerProvider() instanceof ProxyTracerProvider
  ? undefined
  : trace.getTracer("mandeltile");

/** A span that goes nowhere. */
const nowhere = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** The parts of a request that have a span of their own. */
export type SpanName = "queue" | "compute" | "encode";

/** Does work within a span, which ends as the work does and is marked when the work fails. */
export function inSpan<T>(name: SpanName, work: (span: Span) => Promise<T>): Promise<T> {
  if (tracer === undefined) return work(nowhere);
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Adds a span of a part that has just ended and took so many milliseconds, within the active span. */
export function pastSpan(name: SpanName, milliseconds: number): void {
  tracer?.startSpan(name, { startTime: Date.now() - milliseconds }).end();
}

/** Adds a span of a part that took no time. */
export function emptySpan(name: SpanName): void {
  tracer?.startSpan(name).end();
}

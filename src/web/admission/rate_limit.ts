/** A limit for each client: so many requests a second from one address. */

import ipaddr from "ipaddr.js";
import proxyaddr from "proxy-addr";
import { RateLimiterMemory } from "rate-limiter-flexible";

/** Bytes of an IPv6 address that name a network; what comes behind is one customer's to choose. */
const NETWORK_BYTES = 8;

/** How clients are identified and bounded. */
export interface RateOptions {
  /** Requests a second; 0 for any number. */
  readonly perSecond: number;
  /** Addresses and subnets of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** Whether the address of a proxy is to be trusted. */
type Trust = ReturnType<typeof proxyaddr.compile>;

/**
 * Checks a list of proxies.
 *
 * @throws {TypeError} for what is no address, subnet or name of one such as `loopback`
 */
export function compileProxies(trustedProxies: readonly string[]): Trust {
  return proxyaddr.compile([...trustedProxies]);
}

/** Counts requests by client. */
export class RateLimit {
  readonly #limiter: RateLimiterMemory;
  readonly #trust: Trust;

  constructor({ perSecond, trustedProxies }: RateOptions) {
    this.#limiter = new RateLimiterMemory({ points: perSecond, duration: 1 });
    this.#trust = compileProxies(trustedProxies);
  }

  /**
   * Counts a request. Resolves to the seconds after which its client may ask again, if it has to wait.
   *
   * @param remote the other end of the connection: the client, or a proxy
   */
  async refused(request: Request, remote: string): Promise<number | undefined> {
    const client = clientOf(remote, request.headers.get("x-forwarded-for"), this.#trust);
    try {
      await this.#limiter.consume(client);
      return undefined;
    } catch (refusal) {
      // The library throws its counters, which are no error.
      if (refusal instanceof Error) throw refusal;
      const { msBeforeNext } = refusal as { readonly msBeforeNext: number };
      return Math.max(1, Math.ceil(msBeforeNext / 1000));
    }
  }
}

/** A client's address: the outermost that a trusted proxy vouches for; of IPv6 its network. */
export function clientOf(remote: string, forwarded: string | null, trust: Trust): string {
  const headers = forwarded === null ? {} : { "x-forwarded-for": forwarded };
  const address = proxyaddr({ headers, socket: { remoteAddress: remote } }, trust);
  // Whatever stands in a header need not be an address.
  if (!ipaddr.isValid(address)) return remote;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${parsed.toByteArray().slice(0, NETWORK_BYTES).join(".")}/64`;
}

// The globals `URL` and `URLSearchParams`, which the build adds to contracts that name them. Where the types of a
// browser are there, those are taken.

export {};

interface SandboxURLSearchParams extends Iterable<[string, string]> {
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  forEach(call: (value: string, name: string) => void): void;
  toString(): string;
}

interface SandboxURL {
  hash: string;
  host: string;
  hostname: string;
  href: string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  toString(): string;
  toJSON(): string;
}

interface SandboxURLConstructor {
  new (url: string | URL, base?: string | URL): URL;
  canParse(url: string | URL, base?: string | URL): boolean;
  parse(url: string | URL, base?: string | URL): URL | null;
}

interface SandboxURLSearchParamsConstructor {
  new (
    init?: string | Record<string, string> | Iterable<[string, string]> | URLSearchParams,
  ): URLSearchParams;
}

declare global {
  interface URL extends SandboxURL {}
  interface URLSearchParams extends SandboxURLSearchParams {}
  var URL: typeof globalThis extends { onmessage: any; URL: infer T } ? T : SandboxURLConstructor;
  var URLSearchParams: typeof globalThis extends { onmessage: any; URLSearchParams: infer T }
    ? T
    : SandboxURLSearchParamsConstructor;
}

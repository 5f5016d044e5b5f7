import { newKey } from '@/logic/keys'

export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  url: string
  headers: Record<string, string>
  body?: object | ArrayBuffer
  /** The answer is a file, given as an ArrayBuffer. */
  file?: boolean
}
/** Header names are lower case. */
export interface Reply {
  status: number
  headers: Record<string, string>
  data: unknown
}
/** Rejects with `Offline` when no answer came. */
export type Transport = (ask: Ask) => Promise<Reply>

export interface TokenStore {
  access(): string | null
  refresh(): string | null
  save(answer: unknown): void
  clear(): void
}

export class Offline extends Error {
  constructor() {
    super('现在连不上网')
  }
}

export interface Fault {
  pointer: string
  code: string
  detail: string
}

/** What the server refused, in words for the person. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: Fault[] = [],
    readonly trace: string | null = null,
  ) {
    super(detail)
  }

  /** The system's trouble, not the person's: trying again with the same key is right. */
  get ours(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408
  }
}

const PLAIN: Record<number, string> = {
  401: '请先登录',
  403: '这件事您现在不能做',
  404: '没有找到，可能已经删除了',
  409: '这里刚刚有变化，请看一看再做',
  413: '文件太大了，请再拍一张',
  429: '按得太快了，请等一会儿再试',
}

export function problemOf(reply: Reply): Problem {
  const body = (reply.data && typeof reply.data === 'object' ? reply.data : {}) as Record<string, unknown>
  const words = typeof body.detail === 'string' && body.detail ? body.detail : (PLAIN[reply.status] ?? '系统正忙，请过一会儿再试')
  const errors = Array.isArray(body.errors) ? (body.errors as Fault[]) : []
  const trace = reply.headers['x-request-id'] ?? null
  return new Problem(reply.status, typeof body.code === 'string' ? body.code : `http_${reply.status}`, words, errors, trace)
}

export interface Options {
  query?: Record<string, string | undefined>
  body?: object
  /** Idempotency key; made here for writing calls when the caller keeps none. */
  key?: string
}

function withQuery(path: string, query: Options['query']): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '')
  if (!pairs.length) return path
  return `${path}?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value as string)}`).join('&')}`
}

/** Speaks to `/api/v1`: bearer token, one refresh at a time, one retry. */
export class Client {
  private refreshing: Promise<boolean> | null = null

  constructor(
    private readonly send: Transport,
    private readonly tokens: TokenStore,
    readonly base: string,
  ) {}

  get signedIn(): boolean {
    return !!this.tokens.access()
  }

  async call<T>(method: Ask['method'], path: string, options: Options = {}): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (method !== 'GET' && method !== 'HEAD') headers['idempotency-key'] = options.key ?? newKey()
    if (options.body) headers['content-type'] = 'application/json'
    const reply = await this.raw({ method, url: withQuery(path, options.query), headers, body: options.body })
    if (reply.status >= 400) throw problemOf(reply)
    return reply.data as T
  }

  async file(path: string): Promise<ArrayBuffer> {
    const reply = await this.raw({ method: 'GET', url: path, headers: {}, file: true })
    if (reply.status >= 400) throw problemOf(reply)
    return reply.data as ArrayBuffer
  }

  /** One signed exchange; refusals come back as replies. `url` is a path under the base or a full path. */
  async raw(ask: Ask): Promise<Reply> {
    const used = this.tokens.access()
    const reply = await this.send(this.signed(ask, used))
    if (reply.status !== 401 || !used) return reply
    const fresh = this.tokens.access()
    if (fresh && fresh !== used) return this.send(this.signed(ask, fresh))
    if (!(await this.refreshOnce())) return reply
    return this.send(this.signed(ask, this.tokens.access()))
  }

  private signed(ask: Ask, token: string | null): Ask {
    const url = /^(https?:|\/api\/)/.test(ask.url) ? ask.url : this.base + ask.url
    return { ...ask, url, headers: token ? { ...ask.headers, authorization: `Bearer ${token}` } : ask.headers }
  }

  /** All callers that meet a 401 share one refresh: a refresh token works only once. */
  private refreshOnce(): Promise<boolean> {
    this.refreshing ??= this.refresh().finally(() => {
      this.refreshing = null
    })
    return this.refreshing
  }

  private async refresh(): Promise<boolean> {
    const token = this.tokens.refresh()
    if (!token) return false
    const reply = await this.send({
      method: 'POST',
      url: `${this.base}/auth/refresh`,
      headers: { accept: 'application/json', 'content-type': 'application/json', 'idempotency-key': newKey() },
      body: { refresh_token: token },
    })
    if (reply.status < 400) {
      this.tokens.save(reply.data)
      return true
    }
    if (reply.status < 500 && reply.status !== 429) this.tokens.clear()
    return false
  }
}

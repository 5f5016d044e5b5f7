import { reactive } from 'vue'
import type { Account, Tokens } from '@/api/types'
import { Client } from '@/api/client'
import { transport } from '@/api/transport'
import { forget, recall, remember } from '@/platform/store'
import { settings } from '@/settings'

interface Kept {
  access: string
  refresh: string
}

/** Who is signed in. `account` may be null while the tokens are good: it is read on the next call of `me()`. */
export const session = reactive({
  tokens: recall<Kept>('session'),
  account: recall<Account>('account'),
})

const others: (() => void)[] = []

/** Calls `wipe` when somebody else signs in on this phone: what was kept here belongs to the one before. */
export function whenAnother(wipe: () => void): void {
  others.push(wipe)
}

/** Takes in `{access_token, refresh_token, account}`; `account` may be missing after a refresh. */
export function enter(answer: Partial<Tokens>): void {
  if (answer.access_token && answer.refresh_token) {
    session.tokens = { access: answer.access_token, refresh: answer.refresh_token }
    remember('session', session.tokens)
  }
  if (answer.account) know(answer.account)
}

export function know(account: Account): void {
  const before = recall<string>('owner')
  if (before && before !== account.id) others.forEach((wipe) => wipe())
  remember('owner', account.id)
  session.account = account
  remember('account', account)
}

/** Forgets the person; photographs and forms not yet sent stay on the phone. */
export function leave(): void {
  session.tokens = null
  session.account = null
  forget('session')
  forget('account')
}

export const client = new Client(
  transport,
  {
    access: () => session.tokens?.access ?? null,
    refresh: () => session.tokens?.refresh ?? null,
    save: (answer) => enter(answer as Tokens),
    clear: leave,
  },
  settings.apiBase,
)

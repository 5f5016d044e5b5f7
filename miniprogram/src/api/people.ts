import type { Account, List, Message, Tokens } from './types'
import { client, enter, know, leave, session } from '@/state/session'

export async function signInByWechat(code: string): Promise<void> {
  enter(await client.call<Tokens>('POST', '/auth/wechat', { body: { code } }))
}

/** @returns seconds after which another may be sent. */
export async function sendSms(phone: string): Promise<number> {
  return (await client.call<{ again_in: number }>('POST', '/auth/sms', { body: { phone } })).again_in
}

/** Signs in by text message, or adds the number to the account that is signed in. */
export async function signInByPhone(phone: string, smsCode: string): Promise<void> {
  const answer = await client.call<Partial<Tokens> & Partial<Account>>('POST', '/auth/phone', { body: { phone, sms_code: smsCode } })
  enter(answer)
  if (!answer.account && answer.id) know(answer as Account)
}

export async function bindWechatPhone(code: string): Promise<void> {
  const answer = await client.call<Partial<Tokens> & Partial<Account>>('POST', '/auth/phone', { body: { code } })
  enter(answer)
  await me()
}

export async function realName(name: string, idNumber: string): Promise<void> {
  know(await client.call<Account>('POST', '/auth/real-name', { body: { name, id_number: idNumber } }))
}

export async function me(): Promise<Account> {
  const account = await client.call<Account>('GET', '/me')
  know(account)
  return account
}

export function exportAll(): Promise<unknown> {
  return client.call('GET', '/me/export')
}

export interface Erased {
  /** Cases the law keeps. */
  kept: { number: string; title: string; state_words: string; why: string }[]
}

export async function eraseMe(): Promise<Erased> {
  const answer = await client.call<Erased>('DELETE', '/me')
  leave()
  return answer
}

export async function signOut(): Promise<void> {
  const token = session.tokens?.refresh
  try {
    if (token) await client.call('POST', '/auth/logout', { body: { refresh_token: token } })
  } finally {
    leave()
  }
}

export function messages(cursor?: string): Promise<List<Message> & { unread: number }> {
  return client.call('GET', '/notifications', { query: { cursor } })
}

export function markRead(ids: string[] | null): Promise<unknown> {
  return client.call('POST', '/notifications/read', { body: { ids } })
}

export interface Template {
  key: string
  template_id: string
  title: string
}

export function templates(): Promise<List<Template>> {
  return client.call('GET', '/consents/templates')
}

export function consent(results: Record<string, string>): Promise<unknown> {
  return client.call('POST', '/consents', { body: { results } })
}

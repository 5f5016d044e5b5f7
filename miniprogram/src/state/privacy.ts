import { reactive } from 'vue'
import { watchPrivacy } from '@/platform/wechat'

/** WeChat's question before a photograph: shown by whichever page is open. */
export const privacy = reactive({ asking: false })

let answer: ((agreed: boolean, buttonId: string) => void) | null = null

export function startPrivacy(): void {
  watchPrivacy((reply) => {
    answer = reply
    privacy.asking = true
  })
}

export function answerPrivacy(agreed: boolean): void {
  privacy.asking = false
  answer?.(agreed, 'privacy-agree')
  answer = null
}

/** A one-time login code of WeChat. Only in the mini-program. */
export function loginCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.login({
      provider: 'weixin',
      success: (answer) => resolve(answer.code),
      fail: () => reject(new Error('微信没有回应，请再按一次')),
    })
  })
}

/**
 * Asks for leave to send messages. Must be the first call in a tap handler.
 * @returns answer per template id: accept, reject, ban or filter.
 */
export async function askNotify(templates: string[]): Promise<Record<string, string>> {
  let answer: Record<string, string> = {}
  // #ifdef MP-WEIXIN
  answer = (await wx.requestSubscribeMessage({ tmplIds: templates.slice(0, 3) })) as unknown as Record<string, string>
  // #endif
  return Object.fromEntries(templates.filter((id) => answer[id]).map((id) => [id, answer[id] as string]))
}

/** Registers the one listener WeChat allows for its privacy question. `ask` receives what to call with the answer. */
export function watchPrivacy(ask: (answer: (agreed: boolean, buttonId: string) => void) => void): void {
  // #ifdef MP-WEIXIN
  type Resolve = (answer: { event: 'agree' | 'disagree'; buttonId?: string }) => void
  const register = wx.onNeedPrivacyAuthorization as unknown as (listen: (resolve: Resolve) => void) => void
  register((resolve) => {
    ask((agreed, buttonId) => resolve(agreed ? { event: 'agree', buttonId } : { event: 'disagree' }))
  })
  // #endif
  void ask
}

/** What a code in front of the camera says; empty when the person went back. Only in the mini-program. */
export function scan(): Promise<string> {
  return new Promise((resolve) => {
    uni.scanCode({ onlyFromCamera: true, scanType: ['qrCode'], success: (answer) => resolve(answer.result), fail: () => resolve('') })
  })
}

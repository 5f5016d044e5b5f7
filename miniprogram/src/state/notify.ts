import { consent, templates, type Template } from '@/api/people'
import { isWeb } from '@/platform/kind'
import { askNotify } from '@/platform/wechat'

let known: Template[] = []

/** Reads what may be asked for. Before the tap: WeChat asks only when it is called first thing after it. */
export function readTemplates(): void {
  if (isWeb || known.length) return
  void templates().then((answer) => (known = answer.items)).catch(() => undefined)
}

/** Asks for leave to send messages of these kinds; the first thing a tap handler does. Whatever the answer, what was tapped goes on. */
export async function askLeave(keys: string[]): Promise<void> {
  const wanted = known.filter((one) => keys.includes(one.key))
  if (!wanted.length) return
  try {
    const answers = await askNotify(wanted.map((one) => one.template_id))
    const results = Object.fromEntries(wanted.filter((one) => answers[one.template_id]).map((one) => [one.key, answers[one.template_id] as string]))
    if (Object.keys(results).length) await consent(results)
  } catch {
    // Without leave the notice goes to the list of messages, and by text where the law of the thing wants it.
  }
}

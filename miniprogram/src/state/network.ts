import { reactive } from 'vue'
import { watchNetwork } from '@/platform/network'

export const network = reactive({ online: true })

const back: (() => void)[] = []

/** Calls `work` each time the network returns. */
export function whenBack(work: () => void): void {
  back.push(work)
}

export function startNetwork(): void {
  watchNetwork((online) => {
    const returned = online && !network.online
    network.online = online
    if (returned) back.forEach((work) => work())
  })
}

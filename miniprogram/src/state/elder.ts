import { reactive } from 'vue'
import { wantsBigType } from '@/platform/device'
import { recall, remember } from '@/platform/store'

/** Big letters: the person's own choice first, else what the phone is set to. */
export const elder = reactive({ on: recall<boolean>('elder') ?? wantsBigType() })

export function setElder(on: boolean): void {
  elder.on = on
  remember('elder', on)
}

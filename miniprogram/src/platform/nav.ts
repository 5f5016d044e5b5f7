const HOME = '/pages/home'
/** WeChat refuses an eleventh page. */
const DEPTH = 9

export function open(url: string): void {
  if (getCurrentPages().length >= DEPTH) uni.redirectTo({ url })
  else uni.navigateTo({ url })
}

export function replace(url: string): void {
  uni.redirectTo({ url })
}

/** Goes to one of the four doors and forgets the way. */
export function door(url: string = HOME): void {
  uni.reLaunch({ url })
}

export function back(): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else door()
}

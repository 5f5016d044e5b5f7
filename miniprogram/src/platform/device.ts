/** Space above the page's own head, in px. `right` keeps clear of WeChat's capsule button. */
export interface Inset {
  top: number
  bar: number
  right: number
}

export function inset(): Inset {
  let space: Inset = { top: 0, bar: 48, right: 0 }
  // #ifdef MP-WEIXIN
  const window = wx.getWindowInfo()
  const capsule = wx.getMenuButtonBoundingClientRect()
  const gap = capsule.top - window.statusBarHeight
  space = { top: window.statusBarHeight, bar: capsule.height + gap * 2, right: window.windowWidth - capsule.left }
  // #endif
  return space
}

/** Width of the window in px. */
export function windowWidth(): number {
  return uni.getWindowInfo().windowWidth
}

/** Whether the person has asked the phone itself for big letters. */
export function wantsBigType(): boolean {
  let big = false
  // #ifdef MP-WEIXIN
  const info = wx.getAppBaseInfo() as { fontSizeScaleFactor?: number; fontSizeSetting?: number }
  big = (info.fontSizeScaleFactor ?? 1) >= 1.3 || (info.fontSizeSetting ?? 16) >= 21
  // #endif
  return big
}

export function call(number: string): void {
  uni.makePhoneCall({ phoneNumber: number, fail: () => undefined })
}

/** Lets Enter and Space press what looks like a button; a phone needs none of this. */
export function enableKeys(): void {
  // #ifdef H5
  document.addEventListener('keydown', (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    if ((event.key === 'Enter' || event.key === ' ') && target.getAttribute('role') === 'button') {
      event.preventDefault()
      target.click()
    }
  })
  // #endif
}

/** Hands a text file to the person. Mini-program: opens WeChat's share dialogue. */
export async function saveText(name: string, text: string): Promise<void> {
  // #ifdef H5
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  // #endif
  // #ifdef MP-WEIXIN
  const path = `${wx.env.USER_DATA_PATH}/${name}`
  wx.getFileSystemManager().writeFileSync(path, text, 'utf8')
  await wx.shareFileMessage({ filePath: path, fileName: name })
  // #endif
}

/** Shows a PDF; on the web the browser saves or opens it as it likes. */
export async function openPdf(name: string, data: ArrayBuffer): Promise<void> {
  // #ifdef H5
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([data], { type: 'application/pdf' }))
  link.download = `${name}.pdf`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  // #endif
  // #ifdef MP-WEIXIN
  const path = `${wx.env.USER_DATA_PATH}/paper.pdf`
  wx.getFileSystemManager().writeFileSync(path, data)
  await wx.openDocument({ filePath: path, fileType: 'pdf', showMenu: true })
  // #endif
}

/** The phone is felt in the hand. One that cannot stays still. */
export function vibrate(): void {
  uni.vibrateLong({ fail: () => undefined })
}

export interface Event {
  title: string
  place: string
  /** RFC 3339. */
  starts: string
  ends: string
}

/** Puts an event into the phone's calendar; on the web the browser opens the iCalendar file that `file` reads. */
export async function toCalendar(event: Event, file: () => Promise<ArrayBuffer>): Promise<void> {
  // #ifdef H5
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([await file()], { type: 'text/calendar' }))
  link.download = `${event.title}.ics`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  // #endif
  // #ifdef MP-WEIXIN
  const seconds = (time: string) => Math.floor(Date.parse(time) / 1000)
  await wx.addPhoneCalendar({ title: event.title, location: event.place, startTime: seconds(event.starts), endTime: String(seconds(event.ends)), alarm: true, alarmOffset: 7200 })
  // #endif
}

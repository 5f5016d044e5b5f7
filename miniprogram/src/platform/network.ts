/** Tells at once, and at every change, whether there is a network. */
export function watchNetwork(tell: (online: boolean) => void): void {
  // #ifdef H5
  tell(navigator.onLine)
  window.addEventListener('online', () => tell(true))
  window.addEventListener('offline', () => tell(false))
  // #endif
  // #ifdef MP-WEIXIN
  wx.getNetworkType({ success: (info) => tell(info.networkType !== 'none') })
  wx.onNetworkStatusChange((info) => tell(info.isConnected))
  // #endif
}

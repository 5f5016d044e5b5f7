/** True in the web hall and the kiosk, false in the mini-program. */
let web = false
// #ifdef H5
web = true
// #endif
export const isWeb = web

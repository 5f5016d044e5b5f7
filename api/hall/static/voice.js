// Calls said aloud, one after the other, each twice: by a Chinese voice, or by a bell where the machine has none.

const HAN = "零一二三四五六七八九";
const STUCK = 12000; // some browsers never say that an utterance ended
const BETWEEN = 600;

/** A037 -> A 零三七: read digit by digit. */
export function digits(number) {
  return number.replace(/[0-9]/g, (digit) => HAN[digit]).replace(/^([A-Z]+)/, "$1 ");
}

/** 请 A 零三七 号到综合窗口 A 零一 */
export function words(call) {
  return `请 ${digits(call.number)} 号，到${call.line} ${digits(call.window)}`;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function chinese() {
  if (!window.speechSynthesis) return null;
  return speechSynthesis.getVoices().find((voice) => /^(zh|cmn)/i.test(voice.lang)) || null;
}

function utter(text, voice) {
  return new Promise((done) => {
    const said = new SpeechSynthesisUtterance(text);
    said.lang = "zh-CN";
    said.voice = voice;
    said.rate = 0.85;
    const stuck = setTimeout(() => { speechSynthesis.cancel(); done(false); }, STUCK);
    said.onend = () => { clearTimeout(stuck); done(true); };
    said.onerror = () => { clearTimeout(stuck); done(false); };
    speechSynthesis.speak(said);
  });
}

async function chime(audio) {
  if (!audio) return;
  for (const [tone, start] of [[880, 0], [660, 0.35]]) {
    const from = audio.currentTime + start;
    const wave = audio.createOscillator();
    const loud = audio.createGain();
    wave.frequency.value = tone;
    loud.gain.setValueAtTime(0.0001, from);
    loud.gain.exponentialRampToValueAtTime(0.5, from + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, from + 0.7);
    wave.connect(loud).connect(audio.destination);
    wave.start(from);
    wave.stop(from + 0.75);
  }
  await pause(1100);
}

/** `button` opens the sound (browsers want a tap), `sign` says what one hears. Gives {call}. */
export function speaker(button, sign) {
  const Audio = window.AudioContext || window.webkitAudioContext;
  const audio = Audio ? new Audio() : null;
  const queue = [];
  let open = false;
  let busy = false;

  function say() {
    const voice = chinese();
    button.hidden = open;
    sign.hidden = open && Boolean(voice);
    sign.textContent = !open ? "" : audio ? "这台机器没有中文语音，叫号时响铃" : "这台机器没有声音，请看屏幕";
    sign.hidden = sign.hidden || !sign.textContent;
  }

  async function run() {
    if (busy) return;
    busy = true;
    while (queue.length) {
      const call = queue.shift();
      await chime(audio);
      for (let time = 0; time < 2; time += 1) {
        const voice = chinese();
        if (!voice || !(await utter(words(call), voice))) { if (time) await chime(audio); }
        await pause(BETWEEN);
      }
    }
    busy = false;
  }

  async function start() {
    if (audio) await audio.resume();
    open = true;
    say();
  }

  button.addEventListener("click", () => void start());
  if (window.speechSynthesis) speechSynthesis.onvoiceschanged = say;
  if (audio && audio.state === "running") void start(); // a machine set up to sound without a tap
  say();
  return {
    call(one) {
      if (!open) return;
      queue.push({ number: one.number, line: one.line, window: one.window });
      void run();
    },
  };
}

/** 语音 Voice prompts, where elder mode is on and the browser has a voice for the language. */
export class Voice {
  isOn = false;

  constructor(lang) {
    this.lang = lang === "en" ? "en" : "zh";
    globalThis.speechSynthesis?.getVoices(); // many browsers load them only when asked first
  }

  get voice() {
    return globalThis.speechSynthesis?.getVoices().find((one) => one.lang.startsWith(this.lang)) ?? null;
  }

  say(text) {
    const { voice } = this;
    if (!this.isOn || !voice || !text) return;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = 0.9;
    speechSynthesis.speak(words);
  }
}

/** What the widget itself says, in Chinese and English, and which of the two it speaks. */

const TEXTS = {
  zh: {
    launcher: "咨询客服",
    unread: (n) => `咨询客服，${n} 条新消息`,
    panel: (name) => `与${name}对话`,
    assistant: "智能客服",
    status: "智能客服 · 回答有据可查",
    close: "关闭对话",
    menu: "更多选项",
    log: "对话记录",
    you: "你说",
    placeholder: "输入你的问题…",
    send: "发送",
    about: "正在看",
    typing: "正在输入",
    quick: "你可以这样回复",
    latest: "查看新消息",
    sources: "依据",
    source: (n) => `查看依据 ${n}`,
    sourcesTitle: "这条回答的依据",
    from: "来源",
    asOf: "数据时间",
    openSource: "打开来源页面",
    compare: "对比表",
    language: "语言",
    rate: "评价这次服务",
    rateTitle: "这次服务怎么样？",
    stars: (n) => ["很不满意", "不满意", "一般", "满意", "非常满意"][n - 1],
    comment: "想说的话（选填）",
    submit: "提交评价",
    back: "返回",
    rated: (n) => `你的评价：${"★".repeat(n)}${"☆".repeat(5 - n)}`,
    rateFailed: "评价没有提交成功，请再试一次。",
    failed: "未送达，点按重试",
    refused: "未能送出",
    waiting: "等待网络恢复后发送",
    offline: "网络已断开，恢复后会自动发送",
    reconnecting: "连接中断，正在重新连接…",
    cannotOpen: "暂时连不上客服，请稍后再试。",
    again: "重试",
    handoff: "已记录你需要人工客服",
    owner: { queue: "正在等待人工客服", agent: "人工客服已接入", bot: "已回到智能客服", closed: "对话已结束" },
    today: "今天",
    yesterday: "昨天",
  },
  en: {
    launcher: "Chat with us",
    unread: (n) => `Chat with us, ${n} new`,
    panel: (name) => `Chat with ${name}`,
    assistant: "Assistant",
    status: "AI assistant, with sources",
    close: "Close chat",
    menu: "More options",
    log: "Conversation",
    you: "You said",
    placeholder: "Ask a question…",
    send: "Send",
    about: "Viewing",
    typing: "is typing",
    quick: "Suggested replies",
    latest: "New messages",
    sources: "Sources",
    source: (n) => `Show source ${n}`,
    sourcesTitle: "What this answer rests on",
    from: "From",
    asOf: "As of",
    openSource: "Open the source page",
    compare: "Comparison",
    language: "Language",
    rate: "Rate this chat",
    rateTitle: "How did we do?",
    stars: (n) => ["Very poor", "Poor", "Fair", "Good", "Excellent"][n - 1],
    comment: "Anything to add? (optional)",
    submit: "Send rating",
    back: "Back",
    rated: (n) => `Your rating: ${"★".repeat(n)}${"☆".repeat(5 - n)}`,
    rateFailed: "The rating was not sent. Please try again.",
    failed: "Not sent. Tap to retry",
    refused: "Could not be sent",
    waiting: "Will be sent when you are back online",
    offline: "You are offline. Messages will be sent when you are back",
    reconnecting: "Connection lost. Reconnecting…",
    cannotOpen: "The chat cannot be reached right now. Please try again.",
    again: "Try again",
    handoff: "Your request for a person has been noted",
    owner: {
      queue: "Waiting for a colleague",
      agent: "A colleague has joined",
      bot: "The assistant is back",
      closed: "This chat is closed",
    },
    today: "Today",
    yesterday: "Yesterday",
  },
};

/** "zh-Hant-TW" is zh; a language the widget does not speak, or "auto", is none. */
export function baseLanguage(tag) {
  const base = String(tag || "").toLowerCase().split(/[-_]/)[0];
  return Object.hasOwn(TEXTS, base) ? base : null;
}

/** The page's language, until the shopper chooses another; the choice lasts as long as the page's language does. */
export class LanguageChoice {
  constructor(storage, pageLanguage) {
    this.storage = storage;
    this.page = pageLanguage;
    const saved = storage.language;
    this.current = saved && saved.page === pageLanguage ? baseLanguage(saved.chosen) || pageLanguage : pageLanguage;
  }

  get all() {
    return [["zh", "中文"], ["en", "English"]];
  }

  get texts() {
    return TEXTS[this.current];
  }

  choose(language) {
    this.current = language;
    this.storage.language = { chosen: language, page: this.page };
  }

  time(date) {
    return new Intl.DateTimeFormat(this.current, { hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
  }

  /** "Today 14:05", "Yesterday 09:12", "Nov 3 18:40". */
  moment(date, now = new Date()) {
    const day = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
    const daysAgo = Math.round((day(now) - day(date)) / 86_400_000);
    const named = [this.texts.today, this.texts.yesterday][daysAgo];
    return `${named || this.date(date)} ${this.time(date)}`;
  }

  date(date) {
    const sameYear = date.getFullYear() === new Date().getFullYear();
    const options = { month: "short", day: "numeric", ...(sameYear ? {} : { year: "numeric" }) };
    return new Intl.DateTimeFormat(this.current, options).format(date);
  }
}

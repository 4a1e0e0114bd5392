/** Numbers, times and sizes as the reader's language writes them. */

import { fmt, gettext, interfaceLanguage, ngettext } from "./i18n.js";

const cache = new Map();

function intl(kind, options) {
  const key = kind.name + JSON.stringify(options || {});
  if (!cache.has(key)) cache.set(key, new kind(interfaceLanguage(), options));
  return cache.get(key);
}

/** 12480 -> "12,480" */
export const number = (value) => intl(Intl.NumberFormat).format(value);

/** 0.724 -> "72 %" by flooring, so that 100 % means all. */
export function percent(part, whole) {
  const share = whole > 0 ? Math.floor((part / whole) * 100) : 0;
  return fmt(gettext("{n} %"), { n: share });
}

/** 38 -> "38 s", 150 -> "3 min", 7300 -> "2 h" */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return fmt(gettext("{n} s"), { n: s });
  if (s < 5400) return fmt(gettext("{n} min"), { n: Math.round(s / 60) });
  return fmt(gettext("{n} h"), { n: Math.round(s / 3600) });
}

/** Time left of a task, or an empty string. */
export const timeLeft = (seconds) => (seconds === null || seconds === undefined ? "" : fmt(gettext("{time} left"), { time: duration(seconds) }));

/** Relative within a day, absolute once older. @param {string|null} iso */
export function when(iso, now = Date.now()) {
  if (!iso) return "";
  const date = new Date(iso);
  const age = (now - date.getTime()) / 1000;
  if (age < 45) return gettext("just now");
  if (age < 3600) return fmt(ngettext("{n} minute ago", "{n} minutes ago", Math.round(age / 60) || 1), { n: Math.round(age / 60) || 1 });
  if (age < 86400) return fmt(ngettext("{n} hour ago", "{n} hours ago", Math.round(age / 3600)), { n: Math.round(age / 3600) });
  return exactTime(iso, now);
}

/** "Thu 19 Nov, 16:20", with the year when it is another one. */
export function exactTime(iso, now = Date.now()) {
  if (!iso) return "";
  const date = new Date(iso);
  const year = date.getFullYear() === new Date(now).getFullYear() ? {} : { year: "numeric" };
  return intl(Intl.DateTimeFormat, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", ...year }).format(date);
}

/** 18204 -> "18k", 812 -> "812", 1200000 -> "1.2m" */
export function compact(value) {
  if (value < 10_000) return number(value);
  if (value < 1_000_000) return fmt(gettext("{n}k"), { n: Math.floor(value / 1000) });
  return fmt(gettext("{n}m"), { n: intl(Intl.NumberFormat, { maximumFractionDigits: 1 }).format(Math.floor(value / 100_000) / 10) });
}

/** A day without its time: "30 Oct", with the year when it is another one; the time where it is today. */
export function day(iso, now = Date.now()) {
  if (!iso) return "";
  const date = new Date(iso);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return intl(Intl.DateTimeFormat, { hour: "2-digit", minute: "2-digit" }).format(date);
  const year = date.getFullYear() === today.getFullYear() ? {} : { year: "numeric" };
  return intl(Intl.DateTimeFormat, { day: "numeric", month: "short", ...year }).format(date);
}

/** "16:20:08" of today or of any other day. @param {string} iso */
export const clock = (iso) => intl(Intl.DateTimeFormat, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(iso));

/** 624000 -> "609 KB" */
export function bytes(size) {
  const units = ["B", "KB", "MB", "GB"];
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${intl(Intl.NumberFormat, { maximumFractionDigits: value < 10 && unit ? 1 : 0 }).format(value)} ${units[unit]}`;
}

/** "en" -> "English", in the interface's language; the code itself where nobody knows it. */
export function languageName(code) {
  if (!code) return "";
  try {
    return intl(Intl.DisplayNames, { type: "language" }).of(code) || code;
  } catch {
    return code;
  }
}

/** "ko" -> "한국어": the language by its own name. */
export function ownLanguageName(code) {
  if (!code) return "";
  try {
    return new Intl.DisplayNames(code, { type: "language" }).of(code) || code;
  } catch {
    return code;
  }
}

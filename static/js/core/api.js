/** Talking to the server: JSON both ways, one error shape, requests that can be called off. */

import { gettext } from "./i18n.js";

const PREFIX = "/api/v1/";

/** A refusal or a failure. `status` is 0 when the server was not reached. */
export class ApiError extends Error {
  /** @param {string} code @param {string} message @param {any} details @param {number} status */
  constructor(code, message, details, status) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.details = details || {};
    this.status = status;
  }

  /** Whether trying again later may help without changing anything. */
  get isTemporary() {
    return this.status === 0 || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") || "";

/**
 * One request. A body that is FormData goes as it is, everything else as JSON.
 * @param {string} method
 * @param {string} path below /api/v1/
 * @param {{query?: Object<string, any>, body?: any, signal?: AbortSignal, keepalive?: boolean}} [options]
 * @returns {Promise<any>} the JSON of the answer, null where there is none, the text of an answer that is text
 * @throws {ApiError} and DOMException "AbortError" when it was called off
 */
export async function request(method, path, { query, body, signal, keepalive } = {}) {
  const headers = { Accept: "application/json" };
  let payload;
  if (body instanceof FormData) payload = body;
  else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  let response;
  try {
    response = await fetch(address(path, query), { method, headers, body: payload, signal, keepalive, credentials: "same-origin" });
  } catch (error) {
    if (error?.name === "AbortError") throw error;
    throw new ApiError("unreachable", gettext("The server does not answer. What you typed is kept."), {}, 0);
  }
  // Whoever counts what is still to send looks again.
  if (response.ok && method !== "GET") globalThis.document?.dispatchEvent(new CustomEvent("locanext:wrote", { detail: path }));
  return readAnswer(response);
}

function address(path, query) {
  const url = path.startsWith("/") ? path : PREFIX + path;
  if (!query) return url;
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) pairs.append(name, String(one));
  }
  const text = pairs.toString();
  return text ? `${url}?${text}` : url;
}

async function readAnswer(response) {
  const text = await response.text();
  if (response.ok && response.headers.get("Content-Type")?.startsWith("text/")) return text;
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    data = null;
  }
  if (response.ok) return data;
  if (response.status === 401) document.dispatchEvent(new CustomEvent("locanext:signed-out"));
  const error = data?.error;
  throw new ApiError(error?.code || `http_${response.status}`, error?.message || ownMessage(response.status), error?.details, response.status);
}

function ownMessage(status) {
  if (status === 401) return gettext("You are logged out. What you typed is kept.");
  if (status === 403) return gettext("You may not do this here.");
  if (status === 404) return gettext("There is nothing here, or you may not see it.");
  if (status === 413) return gettext("This is larger than the server accepts.");
  if (status === 503) return gettext("The server cannot reach its database. Nothing was lost.");
  return gettext("The server could not do this. Nothing was changed.");
}

export const get = (path, options) => request("GET", path, options);
export const post = (path, body = {}, options = {}) => request("POST", path, { ...options, body });
export const patch = (path, body = {}, options = {}) => request("PATCH", path, { ...options, body });
export const remove = (path, options = {}) => request("DELETE", path, options);

/** Every page of a list. `limit` rows at a time. */
export async function getAll(path, query = {}, { signal, max = 10000 } = {}) {
  const all = [];
  let cursor = null;
  do {
    const page = await get(path, { query: { ...query, cursor }, signal });
    if (Array.isArray(page)) return page;
    all.push(...page.results);
    cursor = page.next;
  } while (cursor && all.length < max);
  return all;
}

const ENDED = new Set(["succeeded", "failed", "cancelled"]);
const wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("Aborted", "AbortError"));
    });
  });

/** Tell the status bar that a task was started. */
export function announceTask(task) {
  document.dispatchEvent(new CustomEvent("locanext:task", { detail: task }));
}

/**
 * Follow a task until it ends; the status bar shows it meanwhile.
 * @param {number|string|{id: number|string}} task
 * @param {(task: any) => void} [onProgress]
 * @param {{signal?: AbortSignal}} [options]
 * @returns {Promise<any>} the task, succeeded
 * @throws {ApiError} code "task_failed" or "task_cancelled", details the task
 */
export async function pollTask(task, onProgress, { signal } = {}) {
  const id = typeof task === "object" ? task.id : task;
  // Who follows a task says itself what went wrong, where it went wrong.
  if (typeof task === "object") announceTask({ ...task, followed: true });
  let pause = 150;
  for (;;) {
    const now = await get(`tasks/${id}`, { signal });
    onProgress?.(now);
    if (ENDED.has(now.status)) {
      announceTask(now);
      if (now.status === "succeeded") return now;
      const message = typeof now.error === "string" ? now.error : now.error?.message;
      const fallback = now.status === "cancelled" ? gettext("The task was cancelled. Nothing was changed.") : gettext("The task failed.");
      throw new ApiError(`task_${now.status}`, message || fallback, now, 200);
    }
    await wait(pause, signal);
    pause = Math.min(1500, pause * 1.4);
  }
}

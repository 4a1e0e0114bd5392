/** The settings of a project: families of codes and own patterns, what the checks do, rules of length. */

import { ApiError, get, patch, post, remove, request } from "../core/api.js";
import { fill, h, icon, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { fmt, gettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { makeFileField } from "../components/filefield.js";
import { toast, toastError } from "../components/toast.js";
import { renderText, useCodes } from "../components/textmark.js";
import { KINDS } from "./editor_checks_file.js";

const host = need("#settings");
const project = Number(host.dataset.project);
const mayEdit = host.dataset.may === "1";

const FAMILIES = () => ({
  tags: [gettext("Tags"), "<b>등대</b> <key:interact> <br/>"], colours: [gettext("Colours"), "<PAColor0xffe9bd23>등대<PAOldColor>"], bbcode: [gettext("BBCode"), "[b]등대[/b] [color=#ff8800]"],
  braces: [gettext("Braces"), "{0} {name} {StaticInfo:Buff:412#출혈}"], numbered: [gettext("Numbered"), "%1# %2#"], variables: [gettext("Variables"), "%name% $name$ @@name@@"],
  printf: [gettext("printf"), "%s %d %1$s %.2f %%"], escapes: [gettext("Escapes"), String.raw`\n \t \x41`], entities: [gettext("Entities"), "&nbsp; &#160; &desc;"],
});
const OWN_KINDS = () => [["placeholder", gettext("Placeholder")], ["tag", gettext("Tag")], ["colour", gettext("Colour")]];

const input = (value, label, more = {}) => /** @type {HTMLInputElement} */ (h("input", { class: "input", type: "text", value: value ?? "", "aria-label": label, autocomplete: "off", spellcheck: "false", disabled: !mayEdit, ...more }));
const check = (on, label, more = {}) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: on, disabled: !mayEdit, ...more }), label);
const put = (path, body) => request("PUT", path, { body });

// ---- codes ----
async function showCodes() {
  const place = need("#codes");
  const codes = await get(`projects/${project}/codes`);
  const own = (codes.custom || []).map((one) => ({ ...one }));
  const problem = h("p", { class: "form-error", role: "alert", hidden: true });
  const sample = input("{0} <b>%s</b> [key:jump]", gettext("Text to try"));
  const shown = h("div", { class: "g-text", "aria-live": "polite" });
  const families = h("div", { class: "set-list" });
  const list = h("div", { class: "set-list" });
  const chosen = new Set(codes.builtin);
  const draw = () => {
    const known = codes.patterns.filter((pattern) => pattern.family === "custom");
    // What is typed and not saved yet is tried as it stands.
    useCodes({ builtin: [...chosen], custom: own.map((one, at) => ({ name: one.name, kind: one.kind, source: known[at] && codes.custom[at]?.pattern === one.pattern ? known[at].source : one.pattern })) });
    fill(shown, renderText(sample.value));
  };
  const names = FAMILIES();
  for (const family of codes.families) {
    const [label, example] = names[family] || [family, ""];
    const line = h("div", { class: "set-line" }, check(chosen.has(family), label, { onchange: (event) => { if (event.target.checked) chosen.add(family); else chosen.delete(family); draw(); } }), h("code", { class: "mono faint clip" }, example));
    families.append(line);
  }
  const ownLine = (one) => {
    const error = h("span", { class: "error", hidden: true });
    const name = input(one.name, gettext("Name"), { oninput: () => { one.name = name.value; } });
    const pattern = input(one.pattern, gettext("Pattern"), { class: "input mono", oninput: () => { one.pattern = pattern.value; draw(); } });
    const kind = /** @type {HTMLSelectElement} */ (h("select", { class: "select", "aria-label": gettext("Kind"), disabled: !mayEdit, onchange: () => { one.kind = kind.value; } }, OWN_KINDS().map(([value, label]) => h("option", { value }, label))));
    kind.value = one.kind;
    const gone = h("button", { class: "btn btn-icon btn-s", type: "button", "aria-label": fmt(gettext("Remove {name}"), { name: one.name || gettext("pattern") }), disabled: !mayEdit, onclick: () => { own.splice(own.indexOf(one), 1); drawOwn(); draw(); } }, icon("trash", { small: true }));
    return h("div", { class: "set-line is-own" }, name, pattern, kind, gone, error);
  };
  const drawOwn = () => fill(list, own.length ? own.map(ownLine) : h("div", { class: "set-line set-head" }, gettext("No pattern of its own.")));
  const save = async () => {
    problem.hidden = true;
    try {
      Object.assign(codes, await put(`projects/${project}/codes`, { builtin: [...chosen], custom: own }));
      draw();
      toast(gettext("Saved. Files are checked again."), { kind: "done", id: "settings" });
    } catch (error) {
      problem.hidden = false;
      problem.textContent = error.message;
      announce(error.message, true);
    }
  };
  sample.addEventListener("input", draw);
  fill(place, families, h("h3", { class: "strong" }, gettext("Patterns of this project")), list,
    mayEdit && h("button", { class: "btn btn-s", type: "button", onclick: () => { own.push({ name: "", pattern: "", kind: "placeholder" }); drawOwn(); list.lastElementChild.querySelector("input").focus(); } }, icon("plus", { small: true }), gettext("Add a pattern")),
    h("p", { class: "faint" }, gettext("A regular expression without flags, such as \\[key:[a-z]{1,20}\\]. A repetition inside a repetition is refused, because it can take for ever.")),
    h("div", { class: "set-try" }, h("label", { class: "field" }, h("span", null, gettext("Try it")), sample), shown), problem,
    mayEdit && h("button", { class: "btn btn-primary", type: "button", id: "save-codes", onclick: save }, gettext("Save codes")));
  // A field of its own in the label has its name from there.
  sample.removeAttribute("aria-label");
  drawOwn();
  draw();
}

// ---- checks ----
async function showChecks() {
  const place = need("#checks");
  const checks = await get(`projects/${project}/checks`);
  const used = new Set(checks.kinds);
  const refused = new Set(checks.block_confirm);
  const toggle = (set, kind) => (event) => (event.target.checked ? set.add(kind) : set.delete(kind));
  const save = async () => {
    try {
      await put(`projects/${project}/checks`, { kinds: [...used], block_confirm: [...refused] });
      toast(gettext("Saved. Files are checked again."), { kind: "done", id: "settings" });
    } catch (error) {
      toastError(error);
    }
  };
  fill(place, h("div", { class: "set-list" }, KINDS().map(([kind, label]) => h("div", { class: "set-line" }, check(used.has(kind), label, { onchange: toggle(used, kind) }), h("span"), check(refused.has(kind), gettext("Errors refuse confirming"), { onchange: toggle(refused, kind) })))),
    mayEdit && h("button", { class: "btn", type: "button", id: "save-checks", onclick: save }, gettext("Save checks")));
}

// ---- length ----
async function showLengths() {
  const place = need("#lengths");
  const { results } = await get(`projects/${project}/length-rules`);
  const act = (work, fields = {}) => async () => {
    for (const one of Object.values(fields)) one.removeAttribute("aria-invalid");
    try {
      await work();
      await showLengths();
    } catch (error) {
      toastError(error);
      const wrong = fields[error.details?.field];
      wrong?.setAttribute("aria-invalid", "true");
      wrong?.focus();
    }
  };
  const amount = (value, field) => {
    const text = value.trim();
    if (!/^\d*$/u.test(text)) throw new ApiError("invalid", fmt(gettext("{text} is not a whole number. Leave it empty for no limit."), { text }), { field }, 400);
    return text ? Number(text) : null;
  };
  const line = (rule) => {
    const path = `projects/${project}/length-rules/${rule.id}`;
    const change = (name, read) => async (event) => {
      const field = event.target;
      try {
        await patch(path, { [name]: read(field.value) });
        field.removeAttribute("aria-invalid");
        toast(gettext("Saved. Files are checked again."), { kind: "done", id: "settings" });
      } catch (error) {
        field.setAttribute("aria-invalid", "true");
        toastError(error);
      }
    };
    return h("div", { class: "set-line is-rule", "data-rule": rule.id },
      h("span", { class: "clip" }, rule.file_name || gettext("All files")),
      input(rule.query, gettext("Filter"), { placeholder: gettext("All rows"), onchange: change("query", (text) => text.trim()) }),
      input(rule.characters, gettext("Characters"), { inputmode: "numeric", onchange: change("characters", amount) }),
      input(rule.lines, gettext("Lines"), { inputmode: "numeric", onchange: change("lines", amount) }),
      h("button", { class: "btn btn-icon btn-s", type: "button", "aria-label": gettext("Remove the rule"), disabled: !mayEdit, onclick: act(() => remove(path)) }, icon("trash", { small: true })));
  };
  const file = makeFileField(`project:${project}`, gettext("File, or empty for all files"), { placeholder: gettext("All files"), disabled: !mayEdit });
  const query = input("", gettext("Filter"), { placeholder: gettext("All rows, or a filter such as key:QST_") });
  const characters = input("", gettext("Characters"), { inputmode: "numeric" });
  const lines = input("", gettext("Lines"), { inputmode: "numeric" });
  const add = act(async () => post(`projects/${project}/length-rules`, { file: await file.value(), query: query.value.trim(), characters: amount(characters.value, "characters"), lines: amount(lines.value, "lines") }), { file: file.field, query, characters, lines });
  fill(place, h("div", { class: "set-list" },
    h("div", { class: "set-line is-rule set-head" }, h("span", null, gettext("File")), h("span", null, gettext("Filter")), h("span", null, gettext("Characters")), h("span", null, gettext("Lines")), h("span")),
    results.map(line),
    mayEdit && h("div", { class: "set-line is-rule" }, file.element, query, characters, lines, h("button", { class: "btn btn-s", type: "button", id: "add-rule", onclick: add }, gettext("Add")))),
  h("p", { class: "faint" }, gettext("Without a number of lines the characters are those of the whole text, with it those of each line.")));
}

bind(document, [{ id: "settings.back", label: gettext("Back to the project"), group: gettext("Anywhere"), keys: [], icon: "project", run: () => location.assign(`/projects/${project}/`) }]);
for (const show of [showCodes, showChecks, showLengths]) show().catch(toastError);

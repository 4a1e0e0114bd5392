/** Who sees a platform or project, and the permissions beyond a role: for leads. */

import { get, patch, post, remove } from "../core/api.js";
import { fill, h, icon } from "../core/dom.js";
import { exactTime } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { openDialog } from "../components/dialog.js";
import { personField } from "../components/peoplefield.js";
import { personLine } from "../components/person.js";

const CAPABILITIES = ["delete_project", "delete_platform", "move_across_projects", "empty_trash"];

function capabilityName(name) {
  switch (name) {
    case "delete_project": return gettext("Delete projects");
    case "delete_platform": return gettext("Delete platforms");
    case "move_across_projects": return gettext("Move things to another project");
    case "empty_trash": return gettext("Delete for ever");
    default: return name;
  }
}

const problemLine = () => h("p", { class: "form-error", role: "alert", hidden: true });

/** Runs work; a refusal stands in `problem`. */
async function tried(problem, work) {
  problem.hidden = true;
  try {
    await work();
  } catch (error) {
    problem.hidden = false;
    fill(problem, error.message);
  }
}

const line = (person, facts, label, run) =>
  h("li", { class: "access-line" }, personLine(person), h("span", { class: "faint clip" }, facts),
    h("button", { class: "btn btn-quiet btn-s", type: "button", onclick: run, "aria-label": fmt(gettext("{act}: {name}"), { act: label, name: person.name }) }, label));

/** The people with a grant, and adding one. */
function grantsPart(node) {
  const list = h("ul", { class: "access-list" });
  const problem = problemLine();
  const path = `${node.kind}s/${node.id}/grants`;
  const granted = new Set();
  const load = async () => {
    const { results } = await get(path);
    granted.clear();
    for (const grant of results) granted.add(grant.user.id);
    people.again();
    fill(
      list,
      results.map((grant) => line(grant.user, grant.granted_by ? fmt(gettext("granted by {name}"), { name: grant.granted_by }) : "", gettext("Withdraw"), () => tried(problem, async () => {
        await remove(path, { query: { user_id: grant.user.id } });
        await load();
      }))),
      !results.length && h("li", { class: "faint" }, gettext("Nobody was granted access by name.")),
    );
  };
  const people = personField({
    label: gettext("Grant access to"),
    isLeftOut: (id) => granted.has(id),
    onChoose: (person) => person && tried(problem, async () => {
      await post(path, { user_id: person.id });
      people.clear();
      await load();
    }),
  });
  return { element: h("section", { class: "access-part" }, list, people.element, problem), load: () => tried(problem, load) };
}

/** Permissions beyond the role, with the day they end. */
function capabilitiesPart() {
  const list = h("ul", { class: "access-list" });
  const problem = problemLine();
  const name = h("select", { class: "select", name: "capability" }, CAPABILITIES.map((one) => h("option", { value: one }, capabilityName(one))));
  const until = h("input", { class: "input", type: "date", name: "until" });
  const load = async () => {
    const { results } = await get("capabilities", { query: { limit: 200 } });
    fill(
      list,
      results.map((held) => {
        const time = held.expires_at ? fmt(held.expired ? gettext("ended {time}") : gettext("until {time}"), { time: exactTime(held.expires_at) }) : gettext("for ever");
        return line(held.user, `${capabilityName(held.name)}, ${time}`, gettext("Withdraw"), () => tried(problem, async () => {
          await remove("capabilities", { query: { user_id: held.user.id, name: held.name } });
          await load();
        }));
      }),
      !results.length && h("li", { class: "faint" }, gettext("Nobody has a permission beyond the role. Admins have all of them.")),
    );
  };
  const people = personField({ label: gettext("Give it to") });
  const give = h("button", { class: "btn", type: "button" }, gettext("Give permission"));
  give.addEventListener("click", () => tried(problem, async () => {
    const person = people.value();
    if (!person) throw new Error(gettext("Choose a person first."));
    // The chosen day counts to its end, where the person sits.
    const expires = until.value ? new Date(`${until.value}T23:59:59`).toISOString() : null;
    await post("capabilities", { user_id: person.id, name: name.value, expires_at: expires });
    people.clear();
    await load();
  }));
  const element = h(
    "details",
    { class: "access-part" },
    h("summary", null, gettext("Permissions beyond the role, everywhere")),
    list,
    h("div", { class: "access-two" }, h("label", { class: "field" }, h("span", null, gettext("Permission")), name), h("label", { class: "field" }, h("span", null, gettext("Until (empty: for ever)")), until)),
    people.element, problem, give,
  );
  return { element, load: () => tried(problem, load) };
}

/** @param {any} node a platform or project @param {() => Promise<any>} changed */
export async function accessDialog(node, changed) {
  const problem = problemLine();
  const box = h("input", { type: "checkbox", checked: node.restricted, autofocus: true });
  const words = h("p", { class: "dim" });
  const say = () => fill(words, box.checked ? gettext("Only its creator, admins and the people below see it.") : gettext("Everybody sees it. The list below counts once it is restricted."));
  let dirty = false;
  box.addEventListener("change", () => tried(problem, async () => {
    const wanted = box.checked;
    try {
      await patch(`${node.kind}s/${node.id}`, { restricted: wanted });
      dirty = true;
    } catch (error) {
      box.checked = !wanted;
      throw error;
    } finally {
      say();
    }
  }));
  say();
  const grants = grantsPart(node);
  const capabilities = capabilitiesPart();
  capabilities.element.addEventListener("toggle", () => capabilities.element.open && capabilities.load(), { once: true });
  const dialog = openDialog({
    title: fmt(gettext("Access to {name}"), { name: node.name }),
    body: [h("label", { class: "check" }, box, icon("lock", { small: true }), h("span", null, gettext("Restricted"))), words, problem, grants.element, capabilities.element],
  });
  grants.load();
  await dialog.closed;
  if (dirty) await changed();
}

/** Giving something that was born on this PC to the server: into which project, and which of its folders. */

import { announceTask, post } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { fmt, gettext } from "../core/i18n.js";
import { field, formDialog } from "../components/forms.js";
import { toast, toastError } from "../components/toast.js";
import { serverNodes } from "./explorer_here.js";

const option = (value, label) => h("option", { value: String(value) }, label);

/** Projects of the server with their platforms: [{id, label}]. */
async function projectsOfServer() {
  const top = await serverNodes("");
  const found = top.filter((node) => node.kind === "project").map((node) => ({ id: node.id, label: node.name }));
  for (const platform of top.filter((node) => node.kind === "platform")) {
    for (const project of await serverNodes(`platform:${platform.id}`)) found.push({ id: project.id, label: `${platform.name} / ${project.name}` });
  }
  return found;
}

/** Folders of a project of the server, as paths; those below a folder come behind it. */
async function foldersOfServer(parent, above = "") {
  const found = [];
  for (const folder of (await serverNodes(parent)).filter((node) => node.kind === "folder")) {
    const label = above ? `${above} / ${folder.name}` : folder.name;
    found.push({ id: folder.id, label }, ...(await foldersOfServer(`folder:${folder.id}`, label)));
  }
  return found;
}

/**
 * Ask where to, and start. What was here goes to the recycle bin when the server has it.
 * @param {{kind: "file"|"folder"|"memory", id: number, name: string}} node
 */
export async function uploadDialog(node) {
  let projects;
  try {
    projects = await projectsOfServer();
  } catch (error) {
    toastError(error);
    return false;
  }
  const project = h("select", { class: "select", name: "project", autofocus: true }, projects.map((one) => option(one.id, one.label)));
  const folder = h("select", { class: "select", name: "folder" });
  let asked = 0;
  const drawFolders = async () => {
    // The same project can be chosen again before its folders have come: the last answer counts, once.
    const mine = (asked += 1);
    fill(folder, option("", gettext("At the top of the project")));
    const wanted = project.value;
    if (!wanted) return;
    try {
      const folders = await foldersOfServer(`project:${wanted}`);
      if (mine === asked) folder.append(...folders.map((one) => option(one.id, one.label)));
    } catch (error) {
      toastError(error);
    }
  };
  project.addEventListener("change", drawFolders);
  drawFolders();
  const started = await formDialog({
    title: fmt(gettext("Upload {name} to the server"), { name: node.name }),
    fields: [
      field(gettext("Project"), project),
      field(gettext("Folder"), folder, gettext("The server makes its own copy. The one of this PC goes to the recycle bin when that is done.")),
    ],
    action: gettext("Upload"),
    save: () => post("link/upload", { kind: node.kind, id: node.id, project_id: Number(project.value) || null, folder_id: Number(folder.value) || null }),
  }).closed;
  if (started?.task) announceTask(started.task);
  if (started) toast(fmt(gettext("{name} is being sent to the server."), { name: node.name }), { kind: "done", icon: "upload" });
  return Boolean(started);
}

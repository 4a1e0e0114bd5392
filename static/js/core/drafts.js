/** Text that was typed and not saved, kept per row in the browser until it is saved or thrown away. */

const STORE = "drafts";
let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const ask = indexedDB.open("locanext", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("file", "file");
    ask.onsuccess = () => resolve(ask.result);
    ask.onerror = () => reject(ask.error);
  });
  return opening;
}

async function run(mode, work) {
  try {
    const base = await open();
    return await new Promise((resolve, reject) => {
      const transaction = base.transaction(STORE, mode);
      const ask = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(ask?.result ?? null);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    // A private window may refuse storage. The text still is in the editor.
    return null;
  }
}

const keyOf = (user, row) => `${user}:${row}`;

/** @param {{user: number, file: number, row: number, text: string, text_rev: number}} draft */
export const keepDraft = (draft) => run("readwrite", (store) => store.put({ ...draft, key: keyOf(draft.user, draft.row), at: Date.now() }));

/** The draft of a row, or null. */
export const draftOf = (user, row) => run("readonly", (store) => store.get(keyOf(user, row)));

/** All drafts of a person in a file. */
export async function draftsOf(user, file) {
  const all = (await run("readonly", (store) => store.index("file").getAll(file))) || [];
  return all.filter((draft) => draft.user === user);
}

export const dropDraft = (user, row) => run("readwrite", (store) => store.delete(keyOf(user, row)));

/** What the checks say of rows: marks, underlines, their tab. */

/** @param {{fileId: number, info: any, grid: any, editing: any, status: any, marks: any, memory: any, side: any, filter: any, actions: any, live: any}} editor the parts of the page */
export function attach(editor) {
  void editor;
}

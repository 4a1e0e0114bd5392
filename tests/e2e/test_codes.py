"""Codes as pills in a real browser: on the cell's place, one caret stop each, never halved, written back raw."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from apps.accounts.models import User
from apps.ldm.models import File
from apps.ldm.services.files.export_file import export_file
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_project
from tests.e2e.editing_pages import Texts, file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GOLD, BACK = "<PAColor0xffe9bd23>", "<PAOldColor>"
ROWS = [
    ("K1", "고래기름 {0}/{1}통", "Whale oil {0} of {1} barrels"),
    ("K2", f"{GOLD}소금여우{BACK}를 찾으세요.", f"Find the {GOLD}Salt Fox{BACK} now."),
    ("K3", f"{GOLD}등대{BACK}로 %1#번, {{0}}명", "To the lighthouse"),
    ("K4", "{StaticInfo:Buff:412#출혈} 상태", "State {StaticInfo:Buff:412#출혈}"),
    ("K5", "첫째 {0}<br/>둘째", "First {0}<br/>second"),
]
LETTERS = """root => {
  const box = root.getBoundingClientRect(), style = getComputedStyle(root), found = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    for (let at = 0; at < node.length; at += 1) {
      if (node.data[at] === "\\n" || node.data[at] === "\\u200b") continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const place = range.getBoundingClientRect();
      const pill = node.parentElement.closest(".code") !== null;
      const x = place.x - box.x - parseFloat(style.paddingLeft), y = place.y - box.y - parseFloat(style.paddingTop);
      found.push([node.data[at], x, y, pill]);
    }
  return found;
}"""
# The letters of the text area where the browser puts them: in a copy of it that is an element.
AREA = (
    """() => {
  const area = document.querySelector(".ed-area"), style = getComputedStyle(area), copy = document.createElement("div");
  for (const name of ["fontFamily", "fontSize", "fontWeight", "lineHeight", "whiteSpace", "overflowWrap", "wordBreak", "padding", "textRendering"]) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", top: 0, boxSizing: "border-box", width: `${area.clientWidth}px` });
  copy.lang = area.lang;
  copy.textContent = area.value;
  area.parentElement.append(copy);
  const found = ("""  # noqa: E501
    + LETTERS
    + """)(copy);
  copy.remove();
  return found;
}"""
)


@pytest.fixture
def editor(signed_in_page: Callable[..., Page], lead: User) -> Callable[..., tuple[Page, File]]:
    """`editor(n, rows)`: the page with the editor open on row n, and its file."""

    def open_(n: int, rows: Texts = ROWS) -> tuple[Page, File]:
        file = file_with(lead, rows)
        return opened(signed_in_page(lead), file, n), file

    return open_


def opened(page: Page, file: File, n: int) -> Page:
    page.goto(f"/files/{file.pk}/?n={n}")
    page.wait_for_selector(".g-row.is-on[data-row]")
    page.wait_for_selector(".has-glue", state="attached")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ed-area")
    return page


def typed(page: Page) -> str:
    """The text in the area, each code as a #."""
    text = page.locator(".ed-area").input_value()
    return "".join("#" if "\ue100" <= letter <= "\uf8ff" else letter for letter in text)


def caret(page: Page, at: int, end: int | None = None) -> None:
    page.locator(".ed-area").evaluate("(area, [from, to]) => area.setSelectionRange(from, to)", [at, end or at])


def at_caret(page: Page) -> int:
    return page.locator(".ed-area").evaluate("area => area.selectionStart")


def saved(page: Page, file: File, key: str, target: str) -> None:
    page.keyboard.press("Alt+t")
    until(lambda: row_of(file, key).target == target)


def test_the_editor_lies_on_the_cell_letter_by_letter(signed_in_page: Callable[..., Page], lead: User) -> None:
    long = f"{GOLD}Salt{BACK} {{0}} and {{StaticInfo:Buff:412#Bleed}}, then (%1#) go{{1}}abc def<br/>" * 6
    file = file_with(lead, [("L1", "가 {0}", long), *ROWS])
    page = signed_in_page(lead)
    page.goto(f"/files/{file.pk}/?n=1")
    page.wait_for_selector(".has-glue", state="attached")
    for index in range(5):
        row = page.locator(f'.g-row[data-index="{index}"][data-row]')
        row.locator(".g-tgt").click()
        before = row.locator(".g-tgt").evaluate(f"cell => ({LETTERS})(cell.querySelector('.g-text'))")
        page.keyboard.press("Enter")
        page.wait_for_selector(".ed-area")
        mirror = page.locator(".ed-mirror:not(.ed-probe)").evaluate(LETTERS)
        assert mirror == before
        area = [one for one in page.evaluate(AREA) if not "\ue100" <= one[0] <= "\uf8ff"]
        letters = [one for one in mirror if not one[3]]
        assert [one[0] for one in area] == [one[0] for one in letters]
        for own, below in zip(area, letters, strict=True):
            assert abs(own[1] - below[1]) < 0.4
            assert abs(own[2] - below[2]) < 0.5
        page.keyboard.press("Escape")


def test_a_code_is_one_caret_stop_and_goes_as_a_whole(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(1)
    assert typed(page) == "Whale oil # of # barrels"
    caret(page, 10)
    page.keyboard.press("ArrowRight")
    assert at_caret(page) == 11
    until(lambda: page.locator("#live-polite").inner_text() == "placeholder 0")
    page.keyboard.press("Backspace")
    assert typed(page) == "Whale oil  of # barrels"
    assert page.locator(".ed-missing .code").all_inner_texts() == ["{0}"]
    page.keyboard.press("Control+z")
    assert typed(page) == "Whale oil # of # barrels"
    caret(page, 14)
    page.keyboard.press("Control+Delete")
    assert "#" in typed(page)
    page.keyboard.press("Control+z")
    saved(page, file, "K1", ROWS[0][2])


def test_a_colour_never_loses_one_half(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(2)
    whole = "Find the #Salt Fox# now."
    assert typed(page) == whole
    for way in ("Backspace", "Delete", "typed over", "cut", "word"):
        if way == "Backspace":
            caret(page, 10)
            page.keyboard.press("Backspace")
        elif way == "Delete":
            caret(page, 18)
            page.keyboard.press("Delete")
        elif way == "typed over":
            caret(page, 5, 14)
            page.keyboard.type("a")
        elif way == "cut":
            caret(page, 15, 23)
            page.keyboard.press("Control+x")
        else:
            caret(page, 19)
            page.keyboard.press("Control+Shift+ArrowLeft")
            page.keyboard.press("Delete")
        assert "#" not in typed(page), way
        for _ in range(4):
            if typed(page) == whole:
                break
            page.keyboard.press("Control+z")
            assert typed(page).count("#") in (0, 2), way
        assert typed(page) == whole, way
    caret(page, len(whole))
    page.keyboard.type(".")
    saved(page, file, "K2", ROWS[1][2] + ".")


def test_copied_codes_are_raw_and_pasted_ones_are_pills(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(1)
    copied = page.locator(".ed-area").evaluate(
        """area => {
          area.setSelectionRange(0, 16);
          const data = new DataTransfer();
          area.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
          return data.getData("text/plain");
        }"""
    )
    assert copied == "Whale oil {0} of {1}"
    page.locator(".ed-area").evaluate(
        """area => {
          area.setSelectionRange(area.value.length, area.value.length);
          const data = new DataTransfer();
          data.setData("text/plain", " {2}\\r\\n<b>");
          area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert typed(page) == "Whale oil # of # barrels #\n#"
    assert page.locator(".ed-mirror:not(.ed-probe) .code").all_inner_texts() == ["{0}", "{1}", "{2}", "<b>"]
    dragged = page.locator(".ed-area").evaluate(
        """area => {
          area.setSelectionRange(10, 11);
          const data = new DataTransfer();
          area.dispatchEvent(new DragEvent("dragstart", { dataTransfer: data, bubbles: true }));
          return data.getData("text/plain");
        }"""
    )
    assert dragged == "{0}"
    saved(page, file, "K1", "Whale oil {0} of {1} barrels {2}<br/><b>")


def test_a_typed_code_becomes_a_pill_and_undo_does_not_stop_in_it(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(3)
    page.keyboard.type(" {0}")
    assert typed(page) == "To the lighthouse #"
    for _ in range(6):
        page.keyboard.press("Control+z")
        assert "{0}" not in typed(page)
    assert typed(page) == "To the lighthouse"
    page.keyboard.type(" {0")
    saved(page, file, "K3", "To the lighthouse {0")


def test_missing_codes_come_in_the_order_of_the_source(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(3)
    missing = page.locator(".ed-missing .code")
    assert missing.all_inner_texts() == [GOLD, BACK, "%1#", "{0}"]
    caret(page, 7, 17)
    page.keyboard.press("Control+.")
    assert typed(page) == "To the #lighthouse#"
    caret(page, 19)
    page.keyboard.type(" ")
    page.keyboard.press("Control+.")
    page.keyboard.type(" ")
    missing.first.click()
    assert missing.count() == 0
    saved(page, file, "K3", f"To the {GOLD}lighthouse{BACK} %1# {{0}}")


def test_a_colour_is_put_on_with_the_closer_of_the_source_and_taken_off(
    editor: Callable[..., tuple[Page, File]],
) -> None:
    """Defect 2 of the original: it closed colours with a tag that the game does not know."""
    page, file = editor(3)
    caret(page, 7, 17)
    page.keyboard.press("Alt+c")
    assert typed(page) == "To the #lighthouse#"
    assert page.locator(".ed-mirror:not(.ed-probe) .tone").inner_text() == "lighthouse"
    page.keyboard.press("Alt+c")
    assert typed(page) == "To the lighthouse"
    caret(page, 7, 17)
    page.keyboard.press("Alt+c")
    saved(page, file, "K3", f"To the {GOLD}lighthouse{BACK}")


def test_of_several_colours_one_is_chosen_from_a_menu(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(
        1, [("C1", "<color=#ff8800>가</color> &lt;PAColor0xff00aaff&gt;나&lt;PAOldColor&gt;", "one two")]
    )
    caret(page, 0, 3)
    page.keyboard.press("Alt+c")
    assert page.locator(".menu .swatch").count() == 2
    page.locator(".menu-item").nth(1).click()
    caret(page, 6, 9)
    page.keyboard.press("Alt+c")
    page.locator(".menu-item").first.click()
    saved(page, file, "C1", "&lt;PAColor0xff00aaff&gt;one&lt;PAOldColor&gt; <color=#ff8800>two</color>")


def test_the_words_in_a_link_are_translated_in_place(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(4)
    page.keyboard.press("F2")
    page.keyboard.type("Bleeding")
    assert typed(page) == "State {StaticInfo:Buff:412#Bleeding}"
    page.keyboard.press("Home")
    until(lambda: typed(page) == "State #")
    saved(page, file, "K4", "State {StaticInfo:Buff:412#Bleeding}")


def test_korean_is_composed_beside_a_code(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(1)
    session = page.context.new_cdp_session(page)
    caret(page, 11)
    for text in ("ㅌ", "토", "통"):
        session.send("Input.imeSetComposition", {"text": text, "selectionStart": 1, "selectionEnd": 1})
        assert typed(page) == f"Whale oil #{text} of # barrels"
        assert page.locator(".ed-mirror:not(.ed-probe) .code").all_inner_texts() == ["{0}", "{1}"]
    session.send("Input.insertText", {"text": "통"})
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    session.send("Input.imeSetComposition", {"text": "약", "selectionStart": 1, "selectionEnd": 1})
    session.send("Input.insertText", {"text": "약"})
    assert typed(page) == "Whale oil 약#통 of # barrels"
    saved(page, file, "K1", "Whale oil 약{0}통 of {1} barrels")


def test_typing_in_a_long_text_with_many_codes_is_fast(editor: Callable[..., tuple[Page, File]]) -> None:
    text = "The lighthouse keeper waits for {0} barrels, again. " * 40
    page, _ = editor(1, [("T1", "가", text)])
    took: list[float] = page.locator(".ed-area").evaluate(
        """async area => {
          area.setSelectionRange(1000, 1000);
          const took = [];
          for (let n = 0; n < 25; n += 1) {
            await new Promise(requestAnimationFrame);
            const start = performance.now();
            document.execCommand("insertText", false, "x");
            area.getBoundingClientRect();
            took.push(performance.now() - start);
          }
          return took.sort((a, b) => a - b);
        }"""
    )
    # Half of the keys: the machine may be busy with other things.
    assert took[len(took) // 2] < 50, took


def import_(lead: User, filename: str, data: bytes) -> File:
    project: Any = create_project(actor=lead, platform_id=None, name="Ends", source_language="ko", target_language="en")
    (file,) = import_file(actor=lead, project=project, folder=None, filename=filename, data=data)
    return file


def test_a_line_end_typed_in_a_txt_is_two_letters_and_every_other_byte_stays(
    signed_in_page: Callable[..., Page], lead: User
) -> None:
    """Defects 3 and 4 of the original: columns were lost, and a real line end broke the tab file."""
    line = "39\t{n}\t1824\t0\t3\t{source}\t{target}\tCurrent\t  note \r\n"
    texts = ((1, "첫째\\n둘째", "First"), (2, "  띄어  쓰기 ", "keep  me"), (3, "셋", "Three"))
    data = "".join(line.format(n=n, source=source, target=target) for n, source, target in texts).encode()
    file = import_(lead, "texts.txt", data)
    row = file.rows.get(target="Three")
    page = opened(signed_in_page(lead), file, 3)
    page.keyboard.press("Enter")
    page.keyboard.type("four")
    page.keyboard.type("\\n")
    page.keyboard.type("five")
    page.keyboard.press("Alt+t")
    until(lambda: file.rows.get(pk=row.pk).target == "Three\nfour\nfive")
    assert export_file(actor=lead, file=file).data == data.replace(b"\tThree\t", b"\tThree\\nfour\\nfive\t")


def test_a_line_end_typed_in_an_xml_is_its_break(signed_in_page: Callable[..., Page], lead: User) -> None:
    file = file_with(lead, ROWS)
    before = export_file(actor=lead, file=file).data
    page = opened(signed_in_page(lead), file, 5)
    page.keyboard.press("Enter")
    page.keyboard.type("third")
    saved(page, file, "K5", "First {0}<br/>second<br/>third")
    after = export_file(actor=lead, file=file).data
    assert after == before.replace(b"second", b"second&lt;br/&gt;third")


def test_a_line_end_typed_in_a_sheet_is_a_real_one(signed_in_page: Callable[..., Page], lead: User) -> None:
    book = openpyxl.Workbook()
    book.active.append(["key", "source", "target"])
    book.active.append(["a", "첫째\n둘째", "First"])
    stream = io.BytesIO()
    book.save(stream)
    file = import_(lead, "texts.xlsx", stream.getvalue())
    row = file.rows.get(source="첫째\n둘째")
    page = opened(signed_in_page(lead), file, 1)
    page.keyboard.press("Enter")
    page.keyboard.type("second")
    page.keyboard.press("Alt+t")
    until(lambda: file.rows.get(pk=row.pk).target == "First\nsecond")
    sheet = openpyxl.load_workbook(io.BytesIO(export_file(actor=lead, file=file).data)).active
    assert [[cell.value for cell in line] for line in sheet.iter_rows()][1] == ["a", "첫째\n둘째", "First\nsecond"]


def test_missing_codes_that_are_long_stay_in_sight(editor: Callable[..., tuple[Page, File]]) -> None:
    long = "{StaticInfo:Item:415#a very long name of something that a whale left on the beach}"
    page, _ = editor(1, [("L1", f"{{0}} {long} {{1}} {long.replace('415', '416')}", "")])
    page.wait_for_selector(".ed-missing .code")
    line = page.locator(".ed-tools").bounding_box()
    first = page.locator(".ed-missing .code").first.bounding_box()
    assert line is not None
    assert first is not None
    assert line["y"] <= first["y"]
    assert first["y"] + first["height"] <= line["y"] + line["height"]
    assert "a whale left" in (page.locator(".ed-missing .code").nth(1).get_attribute("title") or "")

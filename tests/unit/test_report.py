"""The tables and pages that a reader meets: complete, honest about what is missing, readable everywhere."""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from rich.console import Console

from ceramer import report
from ceramer.errors import MissingExtraError
from ceramer.library._facts import claims, ordinal_claims
from ceramer.library._reproduce import Reproduction, reproduce
from ceramer.library._systems import load_stack, system, systems
from ceramer.library.audit import audit_paper
from ceramer.provenance import Kind
from ceramer.report import _words as words
from ceramer.report._drawing import Slab, blocks, slabs
from ceramer.report._figures import FIGURES, figures
from ceramer.report._figures._canvas import draw

VOID = {"meta", "br", "link", "img", "hr", "input"}


@pytest.fixture(scope="module")
def reproduction() -> Reproduction:
    """Everything; each row is computed once a process."""
    return reproduce()


@pytest.fixture(scope="module")
def page(reproduction: Reproduction) -> str:
    return report.reproduce_html(reproduction, audit_reports=[audit_paper("Nguyen2024")])


def text_of(renderable: object, width: int = 160, **options: object) -> str:
    out = io.StringIO()
    Console(file=out, width=width, **options).print(renderable)  # type: ignore[arg-type]
    return out.getvalue()


class Page(HTMLParser):
    """Collects what the tests ask of a page; a tag that is closed in the wrong order is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.unlabelled: list[str] = []
        self.words: dict[str, str] = {}
        self.row: str | None = None
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids[str(given["id"])] += 1
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster") or (name == "href" and tag != "a"):
                self.loads.append(str(value))
            if name == "href" and tag == "a":
                self.links.append(str(value))
            if name == "style" and "url(" in str(value) and "url(#" not in str(value):
                self.loads.append(str(value))
        if tag in ("link", "iframe", "object", "embed", "img"):
            self.loads.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg" and not (given.get("role") == "img" and given.get("aria-labelledby")):
            self.unlabelled.append(tag)
        if given.get("class") == "stack" and not given.get("aria-label"):
            self.unlabelled.append("stack")
        if tag == "tr":
            self.row = given.get("id") if "data-verdict" in given else None
        if tag == "span" and self.row and str(given.get("class", "")).startswith("verdict "):
            self.words[str(self.row)] = str(given["class"])

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}> at {self.getpos()}"
        self.open.pop()


# --- the terminal ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 160])
def test_table_leads_with_answers_and_folds_the_rest(reproduction: Reproduction, width: int) -> None:
    text = text_of(report.reproduce_table(reproduction), width)
    assert max(map(len, text.splitlines())) <= width
    for gap, word in words.GAPS.items():
        without = [row for row in reproduction.rows if row.kind is Kind.NOT_YET and row.gap == gap]
        if without:
            heading = f"{len(without)} claim(s)? without a value of ours: {word.word}"
            assert re.search(heading.replace(" ", r"\s+"), text)
        for reason, count in Counter(row.reason for row in without).items():
            told = r"\s+".join(map(re.escape, reason.split()))
            assert re.search(rf"^ *{count}  {told}", text, re.MULTILINE)
    for row in reproduction.rows:
        assert (re.search(rf"^{row.id} ", text, re.MULTILINE) is not None) == row.answered
    assert text.index("What printed values would need") > text.index("without a value of ours")


@pytest.mark.parametrize("width", [80, 160])
def test_table_lists_everything_when_asked(reproduction: Reproduction, width: int) -> None:
    text = text_of(report.reproduce_table(reproduction, everything=True), width)
    assert all(len(re.findall(rf"^{row.id} ", text, re.MULTILINE)) == 1 for row in reproduction.rows)


def test_summary_counts(reproduction: Reproduction) -> None:
    last = text_of(report.reproduce_table(reproduction), 300).strip().splitlines()[-1]
    expected = [reproduction.count(Kind.PREDICTED, v) for v in ("agree", "disagree", "uninformative")]
    assert last.startswith(f"{len(claims()) + len(ordinal_claims())} claims: {sum(expected)} predicted ")
    assert re.search(r"predicted \((\d+) agree, (\d+) disagree, (\d+) uninformative\)", last)[0] == (  # type: ignore[index]
        f"predicted ({expected[0]} agree, {expected[1]} disagree, {expected[2]} uninformative)"
    )
    audited = [reproduction.count(Kind.AUDIT, v) for v in ("agree", "disagree")]
    assert f"{reproduction.count(Kind.AUDIT)} audit ({audited[0]} agree, {audited[1]} disagree" in last
    gaps = [(reproduction.count(Kind.NOT_YET, gap=gap), word.word) for gap, word in words.GAPS.items()]
    assert last.endswith("input, " + ", ".join(f"{count} {word}" for count, word in gaps if count) + ".")


def test_every_verdict_is_a_word_and_colour_is_optional(
    reproduction: Reproduction, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {"agree": "green", "disagree": "bold red", "uninformative": "yellow", "not_checked": "dim"}
    assert {key: words.VERDICTS[key].style for key in expected} == expected
    assert all(words.VERDICTS[key].word == key.replace("_", " ") for key in words.VERDICTS)
    assert len({words.VERDICTS[key].sign for key in expected}) == len(expected)
    row = next(row for row in reproduction.rows if row.verdict == "disagree" and row.answered)
    shown = text_of(report.reproduce_table(Reproduction((row,), (), ())), force_terminal=True, color_system="standard")
    assert "\x1b[1;31m✘ disagree" in shown
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;31m" not in text_of(report.reproduce_table(reproduction), force_terminal=True)


def test_relations_and_deviations_are_shown(reproduction: Reproduction) -> None:
    rows = {row.id: row for row in reproduction.rows}
    assert words.printed(rows["A0033"]) == "< 20 h"
    assert words.printed(rows["A0031"]) == "~ 12 h"
    assert words.printed(rows["A0067"]) == "0.75 mS/cm"
    assert words.printed(rows["A0069"]) == "0.74"
    assert words.deviation(None) == "" and words.deviation(-1.5) == "-150 %"
    assert words.number(0.0, 0.5) == "0.00 ± 0.50" and words.number(3.0, float("inf")) == "3"
    assert words.number(-153.3, 188.7) == "-150 ± 190"


def test_terminal_without_unicode(reproduction: Reproduction) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    console = Console(file=out, width=80)
    console.print(report.reproduce_table(reproduction))
    console.print(report.show_stack(load_stack("UVEA-LTO-UVEA")))
    console.print(report.show_system(system("PCE")))
    console.print(report.audit_table(audit_paper("He2024")))
    out.seek(0)
    text = out.read()
    assert "#####" in text and "1.81 +/- 0.6" in text


def test_layers_are_drawn_to_scale() -> None:
    for name in ("UVEA-LTO-UVEA", "PLM", "H-SSE"):
        layers = slabs(load_stack(name))
        runs = blocks(layers, 60)
        assert sum(map(len, runs)) == 60
        assert all(abs(len(run) / 60 - slab.share) < 0.02 for run, slab in zip(runs, layers, strict=True))
    thin = (Slab("thin", "polymer", 1e-6, 0.001), Slab("thick", "ceramic", 1e-3, 0.999))
    assert [len(run) for run in blocks(thin, 20)] == [1, 19]
    assert [slab.kind for slab in slabs(load_stack("UVEA-LTO-UVEA"))] == ["polymer", "ceramic", "polymer"]
    assert [slab.kind for slab in slabs(load_stack("H-SSE"))] == ["polymer", "composite"]


def test_show_system_says_what_the_paper_says() -> None:
    text = text_of(report.show_system(system("PCE")), 120)
    assert "doi:10.1038/s41467-024-53869-z" in text
    assert re.search(r"LATP +3.5 g +70.0 +50.\d", text)
    assert "assumed: " in text and "structure_weight" in text
    assert re.search(r"A0067 +ionic conductivity +0.75 mS/cm", text)
    assert "roll-press, fold" in text and "350 um" in text


def test_every_system_can_be_shown() -> None:
    table = text_of(report.systems_table(systems()), 160)
    for name, spec in systems().items():
        assert name in table
        text = text_of(report.show_system(spec), 100)
        assert spec.title.split()[0] in text
        assert all(fact.id in text for fact in spec.printed())


def test_audit_table_counts_and_folds() -> None:
    found = audit_paper("He2024")
    text = text_of(report.audit_table(found), 1000)
    assert all(finding.sentence in text for finding in found.alarms)
    assert f"{len(found.unchecked)} relations could not be checked" in text
    assert text.strip().endswith(", ".join(f"{count} {verdict}" for verdict, count in found.counts.items()))
    full = text_of(report.audit_table(found, everything=True), 1000)
    assert all(finding.sentence in full for finding in found.unchecked)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_page_is_well_formed_and_loads_nothing(page: str) -> None:
    parsed = Page(page)
    assert parsed.loads == [] or all(load.startswith("#") for load in parsed.loads)
    assert all(link.startswith(("#", "https://doi.org/")) for link in parsed.links)
    assert {link[1:] for link in parsed.links if link.startswith("#")} <= set(parsed.ids)
    assert [key for key, count in parsed.ids.items() if count > 1] == []
    assert "@import" not in page and not re.search(r"url\((?!#)", page)
    assert parsed.headings[0] == 1 and parsed.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(parsed.headings, parsed.headings[1:], strict=False))
    assert "prefers-color-scheme: dark" in page and "@media print" in page and 'name="viewport"' in page


def test_every_claim_is_anchored_once_with_its_own_verdict(page: str, reproduction: Reproduction) -> None:
    parsed = Page(page)
    assert {key for key in parsed.ids if key.startswith("claim-")} == {
        f"claim-{key}" for key in (*claims(), *ordinal_claims())
    }
    for row in reproduction.rows:
        if row.answered:
            assert parsed.words[f"claim-{row.id}"] == f"verdict verdict-{row.verdict}"
    for verdict in ("agree", "disagree", "uninformative"):
        for shown in re.findall(rf'<span class="verdict verdict-{verdict}">([^<]*)<', page):
            assert shown == words.verdict_word(verdict)


def test_every_drawing_has_words_for_those_who_cannot_see_it(page: str) -> None:
    parsed = Page(page)
    assert parsed.unlabelled == []
    assert page.count("<svg") == len(FIGURES)
    for name, description in re.findall(r'<desc id="(\w+)-desc">([^<]*)</desc>', page):
        assert len(description) > 30, name


def test_page_tells_inputs_assumptions_sources_and_alternatives(page: str, reproduction: Reproduction) -> None:
    used = {key for row in (*reproduction.rows, *reproduction.inferred) for key in row.assumed}
    for key in used:
        assert re.search(rf'<td class="id">{re.escape(key)}</td><td>[^<]*\d[^<]* to [^<]*\d', page), key
    assert "https://doi.org/10.1038/s41467-024-53869-z" in page
    assert "UVEA rim round the pellet, films equipotential: <strong>" in page
    assert all(f"<li>{count}: {reason}</li>" in page for reason, count in words.fold(reproduction.rows, Kind.NOT_YET))


def test_page_without_matplotlib(reproduction: Reproduction, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [key for key in sys.modules if key.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match="pip install"):
        draw("x", "t", "d", (1, 1), lambda figure: None)
    html = report.reproduce_html(reproduction)
    assert "pip install &#39;ceramer[figures]&#39;" in html and "<svg" not in html
    ids = Page(html).ids
    assert all(ids[f"claim-{key}"] == 1 for key in claims())


def test_page_of_one_system(reproduction: Reproduction) -> None:
    ids = {fact.id for fact in system("PCE").printed()}
    few = Reproduction(tuple(row for row in reproduction.rows if row.id in ids), (), ())
    html = report.reproduce_html(few)
    assert {key[6:] for key in Page(html).ids if key.startswith("claim-")} == ids
    assert 'id="figure-pce"' in html and 'id="figure-cse"' not in html and 'id="system-cse"' not in html


def test_rows_of_no_known_system_are_not_lost(reproduction: Reproduction) -> None:
    unanswered = next(row for row in reproduction.rows if not row.answered)
    strange = replace(unanswered, id="Z1", system="<b>strange</b>")
    html = report.reproduce_html(Reproduction((strange,), (), ()))
    assert 'id="claim-Z1"' in html and "<b>strange" not in html
    Page(html)


def test_audit_and_result_pages() -> None:
    found = [audit_paper(name) for name in ("He2024", "Zou-SI")]
    html = report.audit_html(found)
    parsed = Page(html)
    assert parsed.links == [] and [key for key, count in parsed.ids.items() if count > 1] == []
    for verdict in ("disagree", "impossible"):
        expected = sum(item.counts[verdict] for item in found)
        assert html.count(f'class="verdict verdict-{verdict}"') == expected
    svg = draw("one", "a < b", "a figure of nothing", (2, 1), lambda figure: figure.add_subplot().plot([1, 2], [1, 2]))
    section = report.Section("Fit <1>", ("x & y",), ("quantity", "value"), (("R", "5(1) ohm"),), ((svg, "caption"),))
    html = report.result_html("A result", [section])
    Page(html)
    assert "Fit &lt;1&gt;" in html and "x &amp; y" in html and "<td>5(1) ohm</td>" in html
    assert '<title id="one-title">a &lt; b</title>' in html


# --- figures ---------------------------------------------------------------------------------------------------------


def test_figures_carry_the_numbers_of_the_library(reproduction: Reproduction) -> None:
    made = {figure.name: figure.svg for figure in figures(reproduction)}
    rows = {row.id: row for row in reproduction.rows}
    said = {name: re.search(r"<desc[^>]*>([^<]*)", svg)[1] for name, svg in made.items()}  # type: ignore[index]
    for alternative in rows["F001-118"].alternatives:
        assert f"{alternative.value:.3f}" in said["cse"]
    assert f"bruggeman {rows['F001-118'].value:.3f}" in said["cse"] and "printed 1.117" in said["cse"]
    assert f"n = 3 closes at {rows['A0033'].value:.1f} h" in said["healing"]
    needed = {row.id: row.value for row in reproduction.inferred}
    for grains in ("coated", "touching"):
        value = needed[f"PCE:polymer current fraction, {grains} grains"]
        assert f"{grains} grains need f = {value:.2f}" in said["transference"]
    assert f"no packaging: {rows['F003-084'].value:.0f} Wh/kg" in said["pouch"]
    for alternative in rows["A0409"].alternatives:
        assert f"{alternative.value:.3g} S/cm" in said["sandwich"]
    residual = 1e3 * (rows["A0388"].printed - rows["A0388"].value)  # type: ignore[operator]
    assert f"10 uA: {residual:+.0f} uV" in said["dcr"]
    assert "PLM: MOF layer 2.7 um, PE separator 7.1 um, LLZO layer 2.8 um" in said["stacks"]
    predicted = (row for row in reproduction.rows if row.kind is Kind.PREDICTED and row.relation != "order")
    drawn = [row for row in predicted if row.printed > 0.0 and row.value > 0.0]  # type: ignore[operator]
    counts = ", ".join(
        f"{sum(row.verdict == verdict for row in drawn)} {verdict}"
        for verdict in ("agree", "disagree", "uninformative")
    )
    assert counts in said["ratio"]
    assert f"{rows['A0067'].printed_text} at 30 degC" in said["pce"]
    assert f"1C {rows['F001-164'].value:.0f} (printed 151.8)" in said["rate"]
    assert f"1C: {rows['F001-164'].value:.0f} mAh/g (printed 151.8)" in said["curves"]
    assert f"printed 105.1 at cycle 400, by Li|CSE|NCM811, 5.2 mg/cm2 {rows['F001-174'].value:.4g}" in said["cycling"]
    assert f"have shorted at {rows['A0001'].value:.0f} mAh/cm2" in said["durability"]  # hours at 1 mA/cm2
    assert "PCE no short until then 2000" in said["durability"]
    assert f"capacity +{0.1 * rows['F003-084'].value:.1f}" in said["sensitivity"]  # type: ignore[operator]


def test_figures_are_deterministic_and_leave_matplotlib_alone(reproduction: Reproduction) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    assert FIGURES[0](reproduction) == FIGURES[0](reproduction)
    assert dict(mpl.rcParams) == before
    svg = FIGURES[0](reproduction).svg  # type: ignore[union-attr]
    assert "<text" in svg and "<metadata" not in svg and "DejaVu" not in svg
    assert "var(--blue, #0072b2)" in svg and "<style" not in svg


def test_figures_of_nothing() -> None:
    assert figures(Reproduction((), (), ())) == ()

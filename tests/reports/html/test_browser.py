from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.reports.html.browser import Browser
from tests.reports.html.sample import sample_report

REPORT = sample_report()
ROWS = "#papers-table > tbody > tr"
TITLES = f"{ROWS} .paper-title"
GRAPH = "document.getElementById('canvas')._cyreg.cy"


@pytest.fixture
def page(browser: Browser, sample_file: Path) -> Browser:
    browser.open(sample_file)
    browser.run("localStorage.clear()")
    return browser


def test_the_page_opens_without_a_word_on_the_console_and_asks_for_nothing(
    browser: Browser, sample_file: Path
) -> None:
    browser.requests()
    browser.open(sample_file)
    browser.find("#theme").click()
    browser.wait("document.querySelectorAll('#panel-body .pick').length > 0")
    assert browser.problems() == []
    asked = [address for address in browser.requests() if not address.startswith("data:")]
    assert asked == ["about:blank", sample_file.as_uri()] or asked == [sample_file.as_uri()]


def test_the_policy_is_in_force(page: Browser) -> None:
    page.run("const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
             "document.body.append(s)")  # fmt: skip
    assert page.run("return window.ran === undefined")
    assert any("Content Security Policy" in message for message in page.problems())


def test_typing_in_the_filter_leaves_the_rows_that_match(page: Browser) -> None:
    page.find("#find").send_keys("LARGEGT")
    titles = page.shown(TITLES)
    assert titles == ["Graph Transformers for Large Graphs"]
    assert page.find("#tally").text == f"1 of {len(REPORT.papers)} papers"
    page.find("#clear").click()
    page.wait("document.getElementById('clear').hidden")
    assert len(page.shown(TITLES)) == len(REPORT.papers)


def test_the_filter_ignores_accents_and_needs_every_word(page: Browser) -> None:
    page.find("#find").send_keys("rampasek recipe")
    assert page.shown(TITLES) == ["Recipe for a General, Powerful, Scalable Graph Transformer"]
    page.find("#find").send_keys(" dragons")
    assert page.shown(TITLES) == []
    assert page.find("#nothing").is_displayed()


def test_years_and_views_filter_too(page: Browser) -> None:
    page.find("#since").send_keys("2021")
    page.find("#until").send_keys("2022")
    within = [row.paper.title for row in REPORT.papers if row.paper.date[:4] in {"2021", "2022"}]
    assert page.shown(TITLES) == within
    page.find("#clear").click()
    page.find("#mark option[value='hidden gem']").click()
    gems = [row.paper.title for row in REPORT.papers if "hidden gem" in row.marks]
    page.wait(
        "document.getElementById('tally').textContent.startsWith(arguments[0])", str(len(gems))
    )
    assert page.shown(TITLES) == gems


def test_a_column_of_the_timeline_shows_its_year(page: Browser) -> None:
    page.find(".period[data-year='2019']").click()
    assert page.find("#since").get_attribute("value") == "2019"
    dates = page.shown(f"{ROWS} td.date")
    assert dates
    assert all(date.startswith("2019") for date in dates)


def test_a_column_sorts_both_ways_and_says_so(page: Browser) -> None:
    head = page.find("#papers-table th.date")
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "descending"
    dated = [row.paper.date for row in REPORT.papers if row.paper.date[:1] == "2"]
    assert page.shown(f"{ROWS} td.date")[: len(dated)] == sorted(dated, reverse=True)
    assert "no year" in page.shown(f"{ROWS} td.date")[-1]
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.shown(f"{ROWS} td.date")[: len(dated)] == sorted(dated)
    assert "no year" in page.shown(f"{ROWS} td.date")[-1]  # what is missing stays last


@pytest.mark.parametrize("column", range(4))
def test_every_part_of_the_score_sorts_best_first(page: Browser, column: int) -> None:
    page.all("#papers-table th.part button")[column].click()
    cells = page.shown(f"{ROWS} td.part:nth-child({column + 4})")
    numbers = [float(cell) for cell in cells]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) > 1


def test_a_click_on_a_node_shows_its_quotes_in_the_panel(page: Browser) -> None:
    place = page.node("graph transformer")
    page.click_at("#canvas", place["x"], place["y"])
    page.wait("document.querySelector('#panel-body h3')?.textContent === 'graph transformer'")
    said = [edge.quote for edge in REPORT.graph.edges if edge.target == "w:graph transformer"]
    assert said
    quotes = page.shown("#panel-body blockquote")
    assert set(said) <= set(quotes)
    keys = page.shown("#panel-body .source .key")
    assert len(keys) == len(quotes)
    assert page.problems() == []


def test_a_click_on_a_statement_shows_who_takes_part(page: Browser) -> None:
    statement = REPORT.graph.statements[0]
    index = len(REPORT.graph.nodes)
    place = page.run(
        "const cy = document.getElementById('canvas')._cyreg.cy;"
        "return cy.getElementById(`n${arguments[0]}`).renderedPosition()", index
    )  # fmt: skip
    page.click_at("#canvas", place["x"], place["y"])
    page.wait("document.querySelector('#panel-body blockquote') !== null")
    assert page.shown("#panel-body blockquote") == [statement.quote]
    named = [name.removeprefix("w:") for name in (p.entity_id for p in statement.participants)]
    assert page.shown("#panel-body ul .name") == named


def test_the_graph_can_be_walked_by_keyboard_alone(page: Browser) -> None:
    page.find("#node-find").send_keys("over-squash", Keys.TAB)
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.find("#panel-body h3").text == "over-squashing"
    assert page.driver.switch_to.active_element.get_attribute("id") == "panel-body"
    ActionChains(page.driver).send_keys(Keys.TAB, Keys.TAB, Keys.ENTER).perform()
    assert page.find("#panel-body h3").text != "over-squashing"
    page.run("document.getElementById('canvas').focus()")
    before = page.node("graph transformer")
    ActionChains(page.driver).send_keys(Keys.ARROW_LEFT, "+").perform()
    assert page.node("graph transformer") != before
    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
    assert page.shown("#panel-body h3") == []


def test_a_type_can_be_hidden_in_the_graph_and_its_list(page: Browser) -> None:
    count = f"{GRAPH}.nodes(':visible').length"
    before = page.run(f"return {count}")
    page.find("#legend input[value='task']").click()
    tasks = [node.label for node in REPORT.graph.nodes if node.type == "task"]
    assert page.run(f"return {count}") == before - len(tasks)
    assert not set(tasks) & set(page.shown("#panel-body .pick span"))


def test_the_wheel_scrolls_the_page_past_the_graph(page: Browser) -> None:
    page.run("document.getElementById('network').scrollIntoView()")
    zoom, place = page.run(f"return [{GRAPH}.zoom(), scrollY]")
    page.wheel("#canvas", -240)
    page.wait("scrollY < arguments[0]", place)
    assert page.run(f"return {GRAPH}.zoom()") == zoom


def test_the_wheel_zooms_once_the_reader_is_in_the_graph(page: Browser) -> None:
    page.size(1280, page.run("return document.documentElement.scrollHeight"))  # nothing to scroll
    page.run("document.getElementById('canvas').focus({preventScroll: true})")
    zoom = page.run(f"return {GRAPH}.zoom()")
    page.wheel("#canvas", -240)
    page.wait(f"{GRAPH}.zoom() > arguments[0]", zoom)


def test_a_link_to_a_hidden_paper_brings_it_back_and_opens_it(page: Browser) -> None:
    page.find("#find").send_keys("zzz")
    page.run("location.hash = '#paper-3'")
    page.wait("!document.getElementById('paper-3').hidden")
    page.wait("document.querySelector('#paper-3 details').open")
    assert page.find("#find").get_attribute("value") == ""


def test_the_colours_follow_the_system_and_the_button_and_are_remembered(
    page: Browser, sample_file: Path
) -> None:
    background = "return getComputedStyle(document.body).backgroundColor"
    light = page.run(background)
    page.colours("dark")
    dark = page.run(background)
    assert light != dark
    page.colours("light")
    page.find("#theme").click()
    assert page.find("#theme").get_attribute("aria-pressed") == "true"
    assert page.run(background) == dark
    page.driver.refresh()
    assert page.run(background) == dark
    page.find("#theme").click()
    assert page.run(background) == light
    page.run("localStorage.clear()")


def test_a_finger_scrolls_past_the_graph_until_it_taps(page: Browser, sample_file: Path) -> None:
    page.command("Emulation.setTouchEmulationEnabled", enabled=True)
    try:
        page.open(sample_file, 390, 844)
        assert page.run("return matchMedia('(pointer: coarse)').matches")
        cover = page.find("#explore")
        assert cover.is_displayed()
        cover.click()
        assert not cover.is_displayed()
    finally:
        page.command("Emulation.setTouchEmulationEnabled", enabled=False)

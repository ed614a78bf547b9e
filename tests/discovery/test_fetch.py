"""Full texts: open ones only, whole files only, and never outside their folder."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.analysis import analyze
from paperflow.discovery import fetch
from paperflow.discovery.fetch import FOLDER, text_path
from paperflow.records import Paper
from paperflow.sources.web import Web
from paperflow.store.web import WebState
from paperflow.workspace import find_workspace
from tests.readers.documents import pdf
from tests.sources.loopback import Loopback, Reply, Tick
from tests.sources.services import as_json

PDF = Reply(200, b"%PDF-1.7\n" + b"x" * 5000)
SOURCE = Reply(200, b"\x1f\x8b" + b"y" * 500)


class Place:
    """One server for arXiv, Unpaywall, and a publisher, by path."""

    def __init__(self, tmp_path, **replies):
        self.tick = Tick()
        self.replies = {path.replace("_", "/", 1): reply for path, reply in replies.items()}
        self.server = Loopback(self._respond, self.tick.clock)
        mirrors = dict.fromkeys(["arxiv", "unpaywall", "publisher"], self.server.url)
        self.web = Web(
            state=WebState(tmp_path / "web.sqlite"), mirrors=mirrors, clock=self.tick.clock,
            contact="reader@example.org", environment={},
        )  # fmt: skip
        self.workspace = find_workspace(tmp_path / "library", create=True)

    def _respond(self, seen):
        found = [reply for path, reply in self.replies.items() if seen.path.startswith(f"/{path}")]
        return found[0] if found else Reply(404)

    def fetch(self, *papers, **options):
        self.workspace.store.papers.add(papers)
        return fetch(self.workspace, web=self.web, **options)

    @property
    def paths(self):
        return [seen.path for seen in self.server.seen]


@pytest.fixture
def place(tmp_path):
    made = []

    def make(**replies):
        made.append(Place(tmp_path, **replies))
        return made[-1]

    yield make
    for one in made:
        one.server.close()


PREPRINT = Paper(title="A preprint", arxiv_id="2005.00001")
ARTICLE = Paper(title="An article", doi="10.1000/xyz")


def test_a_preprint_comes_from_arxiv_once(place):
    there = place(pdf=PDF)
    done = there.fetch(PREPRINT)
    (path,) = done.files
    assert path.read_bytes() == PDF.body
    assert path.suffix == ".pdf"
    again = there.fetch(PREPRINT)
    assert (again.files, again.there) == ([], [path])
    assert there.paths == ["/pdf/2005.00001"]


def test_the_source_comes_on_request(place):
    there = place(**{"e-print": SOURCE})
    (path,) = there.fetch(PREPRINT, ARTICLE, kind="source").files
    assert path.name.endswith(".tar.gz")
    assert path.read_bytes() == SOURCE.body


def test_an_article_comes_from_where_unpaywall_finds_it(place):
    there = place(open=PDF)
    places = [{"url_for_pdf": f"{there.server.url}/closed"}, {"url_for_pdf": None},
              {"url_for_pdf": f"{there.server.url}/open.pdf"}]  # fmt: skip
    there.replies["v2"] = as_json({"best_oa_location": places[0], "oa_locations": places})
    assert len(there.fetch(ARTICLE).files) == 1
    assert there.paths == ["/v2/10.1000/xyz", "/closed", "/open.pdf"]


def test_the_address_of_the_record_is_tried_before_unpaywall(place):
    there = place(mine=PDF)
    done = there.fetch(replace(ARTICLE, pdf_url=f"{there.server.url}/mine.pdf"))
    assert len(done.files) == 1
    assert there.paths == ["/mine.pdf"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(200, b"<html>Please log in</html>"), "no PDF"),
        (Reply(403), "refuses access"),
        (Reply(302, headers={"Location": "http://10.0.0.1/a.pdf"}), "not public"),
        (PDF.but(length=9000), "broke off"),
        (Reply(429, headers={"Retry-After": "9000"}), "slow down"),
    ],
)
def test_what_is_no_whole_pdf_is_not_kept_and_says_why(place, reply, reason):
    there = place(pdf=reply)
    (failure,) = there.fetch(PREPRINT).failures
    assert failure.item == "arxiv:2005.00001"
    assert reason in failure.reason
    assert not (there.workspace.home / FOLDER).exists()


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/a.pdf", "file:///etc/passwd", "http://[::1]/", "nonsense"]
)
def test_an_address_in_a_record_leads_to_no_private_place(place, address):
    there = place(v2=Reply(404))
    (failure,) = there.fetch(replace(ARTICLE, pdf_url=address)).failures
    assert "not public" in failure.reason or "not on the web" in failure.reason


def test_without_a_contact_and_without_an_address_it_says_what_is_missing(place):
    there = place()
    there.web = replace(there.web, contact="")
    failures = there.fetch(ARTICLE, Paper(title="Nothing known")).failures
    reasons = {failure.item: failure.reason for failure in failures}
    assert "PAPERFLOW_CONTACT" in reasons["doi:10.1000/xyz"]
    assert "no open full text" in next(text for text in reasons.values() if "PAPER" not in text)


TEXT = Reply(200, pdf("10|72|700|F1|Catalysts of cerium oxide heal wounds quickly."))


def test_a_fetched_text_is_read_as_its_paper_s_and_analysed(place):
    there = place(pdf=TEXT)
    done = there.fetch(PREPRINT)
    assert done.read == 1
    (paper,) = there.workspace.store.papers.all()
    assert (paper.id, paper.title) == ("arxiv:2005.00001", "A preprint")
    analyze(there.workspace)
    said = " ".join(item.text for item in there.workspace.store.facts.passages(paper.id))
    assert "cerium oxide heal wounds" in said
    assert there.fetch(PREPRINT).read == 0


def test_a_text_that_was_fetched_and_not_yet_read_is_read_the_next_time(place):
    there = place()
    path = text_path(there.workspace, replace(PREPRINT, id="arxiv:2005.00001"))
    path.parent.mkdir(parents=True)
    path.write_bytes(TEXT.body)
    done = there.fetch(PREPRINT)
    assert (done.there, done.read, there.paths) == ([path], 1, [])


def test_a_text_that_can_t_be_read_is_kept_and_says_why(place):
    done = place(pdf=PDF).fetch(PREPRINT)
    (failure,) = done.failures
    assert (len(done.files), done.read, failure.item) == (1, 0, "arxiv:2005.00001")


@given(st.text(max_size=300))
def test_no_id_leaves_the_folder_of_texts(tmp_path_factory, text):
    workspace = find_workspace(tmp_path_factory.getbasetemp() / "names", create=True)
    folder = workspace.home / FOLDER
    path = text_path(workspace, Paper(title="x", id=text))
    assert path.parent == folder
    assert path.resolve().parent == folder.resolve()
    assert len(path.name) < 120
    assert not path.name.startswith((".", "-"))


def test_ids_that_look_alike_have_files_of_their_own(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    ids = ["doi:10.1/a:b", "doi:10.1/a/b", "doi:10.1/a\\b", "doi:10.1/a-b"]
    assert len({text_path(workspace, Paper(title="x", id=name)) for name in ids}) == 4

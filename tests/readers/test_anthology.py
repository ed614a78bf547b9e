"""The ACL Anthology's XML, its markup, its volumes, and the whole of it."""

import tarfile
from collections import Counter

import pytest

from paperflow.readers import read
from paperflow.records import Failure, Paper
from tests.readers.samples import failures, paper, papers

VOLUME = """<?xml version='1.0' encoding='UTF-8'?>
<!-- a comment -->
<collection id="2099.town">
  <volume id="long" type="proceedings">
    <meta><booktitle>Walks <fixed-case>A</fixed-case>cross Towns</booktitle>
      <publisher>A Society</publisher><month>May</month><year>2099</year><venue>town</venue></meta>
    <frontmatter><url>2099.town-long.0</url><bibkey>town-2099</bibkey></frontmatter>
    {papers}
  </volume>
</collection>
"""
ONE = """<paper id="7"><title><fixed-case>B</fixed-case>ridges: a <b>first</b>
  <tex-math>n</tex-math> walk</title>
  <author><first>Ada</first><last>de la Cruz</last><suffix>Jr</suffix></author>
  <author><last>Plato</last></author><pages>1–15</pages><abstract>We walk.</abstract>
  <url hash="ab">2099.town-long.7</url><doi>10.18653/v1/2099.town-long.7</doi>
  <bibkey>cruz-plato-2099-bridges</bibkey></paper>"""


def test_a_paper_is_read_with_what_its_volume_says():
    found = paper(VOLUME.format(papers=ONE), "2099.town.xml")
    assert found.title == "Bridges: a first n walk"
    assert found.authors == ("Ada de la Cruz, Jr", "Plato")
    assert (found.venue, found.year, found.date) == ("Walks Across Towns", 2099, "2099-05")
    assert (found.pages, found.kind, found.publisher) == ("1-15", "inproceedings", "A Society")
    assert found.doi == "10.18653/v1/2099.town-long.7"
    assert found.url == "https://aclanthology.org/2099.town-long.7/"
    assert found.pdf_url == "https://aclanthology.org/2099.town-long.7.pdf"
    assert found.extra["bibkey"] == "cruz-plato-2099-bridges"


def test_what_one_volume_says_does_not_hold_for_the_next():
    second = "<volume id='2'><meta><year>2098</year></meta>{}</volume></collection>"
    text = VOLUME.format(papers=ONE).replace("</collection>", second.format(ONE))
    first, other = papers(text, "x.xml")
    assert (first.venue, first.year) == ("Walks Across Towns", 2099)
    assert (other.venue, other.year) == ("", 2098)


def test_other_xml_says_what_is_read():
    for text in ("<?xml version='1.0'?><article><front/></article>", "<html/>"):
        (failure,) = failures(text, "article.xml", "anthology")
        assert "no collection of the ACL Anthology" in failure.reason


def test_entities_are_not_expanded_and_nothing_is_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret text")
    attack = f'<!DOCTYPE collection [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    text = VOLUME.format(papers=ONE.replace("We walk.", "&x;")).replace(
        "<collection", f"{attack}<collection"
    )
    for item in read_text(text):
        assert "secret text" not in str(item)


def read_text(text):
    import io

    return list(read(io.BytesIO(text.encode()), kind="anthology", name="x.xml"))


@pytest.mark.slow
def test_the_whole_anthology_is_read(real_data, tmp_path):
    with tarfile.open(real_data("acl-anthology/acl-anthology-2021-xml.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    found = [item for path in sorted(tmp_path.glob("**/*.xml")) for item in read(path)]
    counts = Counter(type(item) for item in found)
    assert counts[Paper] == 61_686
    assert [item.reason for item in found if isinstance(item, Failure)] == [
        "no paper was found in it"  # a collection without any
    ]
    papers = [item for item in found if isinstance(item, Paper)]
    assert sum(bool(item.abstract) for item in papers) >= 23_229
    assert len({name for item in papers for name in item.authors}) > 50_000

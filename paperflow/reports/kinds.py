"""What sort of publication a paper is, in one vocabulary: BibTeX's types and four more.

Sources and users name kinds in the words of BibTeX, CSL, RIS, Crossref, or Semantic
Scholar; each is folded to one of KINDS. Where nothing is stated, venue and ids decide.
"""

import re
from functools import cache

from paperflow.records import Paper

KINDS = (
    "article",
    "book",
    "dataset",
    "incollection",
    "inproceedings",
    "mastersthesis",
    "misc",
    "online",
    "patent",
    "phdthesis",
    "preprint",
    "proceedings",
    "software",
    "techreport",
    "unpublished",
)

_NAMES = {
    "article": "article articlejournal journal journalarticle journalpaper jour ejour magazine mgzn"
    "magazinearticle articlemagazine newspaperarticle articlenewspaper review reviewarticle letter",
    "book": "book monograph editedbook mvbook collection mvcollection ebook edbook referencebook",
    "dataset": "dataset data",
    "incollection": "incollection chapter bookchapter booksection bookpart inbook chap echap "
    "inreference entry entryencyclopedia suppbook bookinbook",
    "inproceedings": "inproceedings conference conferencepaper paperconference proceedingsarticle "
    "conferencearticle conf cpaper workshop workshoppaper poster oral",
    "mastersthesis": "mastersthesis masterthesis bachelorthesis diplomathesis",
    "misc": "misc other gen generic document booklet manual",
    "online": "online webpage website www web elec electronic blog blogpost posts postweblog post",
    "patent": "patent pat",
    "phdthesis": "phdthesis thesis thes dissertation doctoralthesis doctoraldissertation",
    "preprint": "preprint eprint postedcontent workingpaper arxiv",
    "proceedings": "proceedings mvproceedings",
    "software": "software comp computerprogram code",
    "techreport": "techreport report rprt technicalreport",
    "unpublished": "unpublished unpb manuscript",
}

_PREPRINT_VENUE = re.compile(
    r"(?i)\b(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|research square|openreview"
    r"|preprints?)\b"
)
_CONFERENCE_VENUE = re.compile(
    r"""(?ix)\b(?: proceedings | proc\. | conference | conf\. | symposium | workshop | meeting |
    congress | colloquium | 3dv | aaai | acl | acml | aistats | alt | automl | bmvc | chi | cikm |
    colm | coling | colt | conll | corl | cvpr | eacl | eccv | ecir | ecml | emnlp | findings |
    iccv | icde | iclr | icml | icra | ijcai | interspeech | iros | kdd | l4dc | log | lrec |
    midl | miccai | mlsys | naacl | neurips | nips | recsys | rss | sigir | siggraph | sigmod |
    uai | vldb | wacv | wsdm | www ) \b"""
)
_JOURNAL_VENUE = re.compile(
    r"""(?ix)\b(?: journal | j\. | transactions | trans\. | letters | review | reviews | annals |
    magazine | bulletin | archives? | acta | nature | science | cell | lancet | frontiers |
    advances | jmlr | tmlr | tacl | pami | tpami | communications | quarterly )\b"""
)


def kind_of(paper: Paper) -> str:
    """Return the paper's kind, one of KINDS."""
    stated = _stated(paper.kind)
    if stated in ("misc", "unpublished") and paper.arxiv_id and not paper.venue:
        return "preprint"  # BibTeX has no better word for it
    return stated or _derived(paper)


def _stated(kind: str) -> str:
    return _by_name().get(re.sub(r"[^a-z]", "", kind.lower()), "")


@cache
def _by_name() -> dict[str, str]:
    return {name: kind for kind, names in _NAMES.items() for name in names.split()}


def _derived(paper: Paper) -> str:
    venue = paper.venue
    if not venue:
        return _without_venue(paper)
    if _PREPRINT_VENUE.search(venue):
        return "preprint"
    if _JOURNAL_VENUE.search(venue) and not re.search(r"(?i)\b(?:proc|conf)", venue):
        return "article"
    return "inproceedings" if _is_conference(paper) else "article"


def _is_conference(paper: Paper) -> bool:
    """Tell conferences by name, or by an acronym in capitals without volume and issue."""
    numbered = bool(paper.volume or paper.issue)
    acronym = re.match(r"[A-Z0-9@-]{2,10}(?:[ '’]*\d{2,4})?$", paper.venue)
    return bool(_CONFERENCE_VENUE.search(paper.venue) or (acronym and not numbered))


def _without_venue(paper: Paper) -> str:
    if paper.arxiv_id:
        return "preprint"
    if paper.volume or paper.issue:
        return "article"
    return "book" if "isbn" in {key.lower() for key in paper.extra} else "misc"

"""One small document a format, all of the same paper, and short ways to read them."""

import io
from pathlib import Path

from paperflow.documents import Document
from paperflow.readers import READERS, File, read_here
from paperflow.readers.file import HEAD, Item

TITLE = "Bridges of a Town"

TEX = r"""
\documentclass{article}
\newcommand{\graph}[1]{the graph #1}
\title{Bridges of a Town}
\author{Leonhard Euler \and Emilie du Ch\^atelet}
\begin{document}
\maketitle
\begin{abstract} Every bridge is crossed once. \end{abstract}
\section{Introduction}\label{sec:intro}
We cross \graph{of bridges}~\cite{euler,chatelet}, see Figure~\ref{fig:town} and \eqref{eq:odd}.
% a comment with \section{Hidden}

It is \emph{short}\footnote{And old.}.
\begin{equation} a = b \label{eq:odd} \end{equation}
\subsection{Walks}
\begin{itemize} \item One way. \item Another. \end{itemize}
\begin{figure}\includegraphics{x}\caption{A town.}\label{fig:town}\end{figure}
\begin{table}\caption{Counts.}
\begin{tabular}{lc} Model & F1 \\ \hline Walk & .91 \\ Ride & .87 \end{tabular}\end{table}
\begin{thebibliography}{2}
\bibitem{euler} L. Euler. \newblock Solutio problematis.
\newblock \emph{Commentarii}, 8:128--140, 1736.
\bibitem{chatelet} E. du Ch\^atelet. \newblock Institutions de physique. \newblock Prault, 1740.
\end{thebibliography}
\end{document}
"""

JATS = """<?xml version="1.0"?>
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<article-id pub-id-type="doi">10.1234/bridges</article-id>
<title-group><article-title>Bridges of a Town</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Euler</surname>
<given-names>Leonhard</given-names></name></contrib></contrib-group>
<pub-date><year>1736</year></pub-date>
<abstract><p>Every bridge is crossed once.</p></abstract></article-meta></front>
<body><sec id="s1"><label>1.</label><title>Introduction</title>
<p>We cross the graph <xref ref-type="bibr" rid="r1">[1]</xref>, see
<xref ref-type="fig" rid="f1">Figure 1</xref>.</p>
<disp-formula id="e1"><label>(1)</label><tex-math>a = b</tex-math></disp-formula>
<sec><title>Walks</title><list><list-item><p>One way.</p></list-item></list>
<fig id="f1"><label>Figure 1</label><caption><p>A town.</p></caption></fig>
<table-wrap><label>Table 1</label><caption><p>Counts.</p></caption><table>
<thead><tr><th>Model</th><th>F1</th></tr></thead><tbody><tr><td>Walk</td><td>.91</td></tr></tbody>
</table></table-wrap></sec></sec></body>
<back><ref-list><title>References</title><ref id="r1"><label>1</label><element-citation>
<person-group><name><surname>Euler</surname><given-names>L</given-names></name></person-group>
<article-title>Solutio problematis</article-title><source>Commentarii</source><year>1736</year>
</element-citation></ref></ref-list></back></article>
"""

TEI = """<?xml version="1.0"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>
<title>Bridges of a Town</title></titleStmt><sourceDesc><biblStruct><analytic><author><persName>
<forename>Leonhard</forename><surname>Euler</surname></persName></author></analytic></biblStruct>
</sourceDesc></fileDesc><profileDesc><abstract><p>Every bridge is crossed once.</p></abstract>
</profileDesc></teiHeader><text><body>
<div><head n="1">Introduction</head><p>We cross the graph <ref type="bibr" target="#b0">(Euler,
1736)</ref>, see <ref type="figure" target="#f0">1</ref>.</p>
<formula xml:id="e0">a = b<label>(1)</label></formula></div>
<div><head n="1.1">Walks</head><p>One way.</p></div>
<figure xml:id="f0"><head>Figure 1:</head><label>1</label><figDesc>A town.</figDesc></figure>
<figure type="table" xml:id="t0"><head>Table 1:</head><label>1</label><figDesc>Counts.</figDesc>
<table><row><cell>Model</cell><cell>F1</cell></row><row><cell>Walk</cell><cell>.91</cell></row></table>
</figure></body><back><div><listBibl><biblStruct xml:id="b0"><analytic>
<title level="a">Solutio problematis</title><author><persName><forename>L</forename>
<surname>Euler</surname></persName></author></analytic><monogr><title level="j">Commentarii</title>
<imprint><date when="1736"/></imprint></monogr></biblStruct></listBibl></div></back></text></TEI>
"""

HTML = """<!DOCTYPE html>
<html><head><title>Bridges</title><meta name="citation_title" content="Bridges of a Town">
<meta name="citation_author" content="Euler, Leonhard"><script>alert(1)</script></head><body>
<nav><p>Home of the journal</p></nav><article><h1>Bridges of a Town</h1>
<h2>Abstract</h2><p>Every bridge is crossed once.</p>
<h2 id="S1">1 Introduction</h2><p>We cross the graph <cite>[<a href="#bib1">1</a>]</cite>, see
<a href="#F1">Figure 1</a>.</p>
<table class="ltx_equation" id="E1"><tr><td><math alttext="a=b"><mi>a</mi></math></td>
<td><span class="ltx_tag_equation">(1)</span></td></tr></table>
<h3>1.1 Walks</h3><ul><li>One way.</li></ul>
<figure id="F1"><figcaption>Figure 1: A town.</figcaption></figure>
<figure id="T1"><figcaption>Table 1: Counts.</figcaption><table><thead><tr><th>Model</th><th>F1</th>
</tr></thead><tbody><tr><td>Walk</td><td>.91</td></tr></tbody></table></figure>
<h2>References</h2><ol><li id="bib1">
L. Euler. Solutio problematis. Commentarii, 8:128-140, 1736.</li>
</ol></article><footer><p>All rights reserved.</p></footer></body></html>
"""

UNARXIVE = (
    '{"paper_id": "2212.00001", "_pdf_hash": null, "metadata": {"title": "Bridges of a Town", '
    '"authors": "Leonhard Euler"}, "abstract": {"text": "Every bridge is crossed once."}, '
    '"body_text": [{"section": "Introduction", "sec_number": "1", "sec_type": "section", '
    '"content_type": "paragraph", "text": "We cross the graph CITE.", '
    '"cite_spans": [{"start": 19, "end": 23, "ref_id": "b1"}]}, '
    '{"section": "Walks", "sec_number": "1.1", "sec_type": "subsection", '
    '"content_type": "listitem", "text": "One way.", "cite_spans": []}, '
    '{"section": "Walks", "sec_number": "1.1", "sec_type": "subsection", '
    '"content_type": "paragraph", '
    '"text": "{{formula:00000000-0000-0000-0000-000000000001}}", "cite_spans": []}], '
    '"bib_entries": {"b1": {"bib_entry_raw": "L. Euler. Solutio problematis. Commentarii, 1736.", '
    '"ids": {}}}, "ref_entries": {"00000000-0000-0000-0000-000000000001": {"type": "formula", '
    '"latex": "a=b"}, "00000000-0000-0000-0000-000000000002": {"type": "figure", '
    '"caption": "A town."}, "00000000-0000-0000-0000-000000000003": {"type": "table", '
    '"caption": "Counts."}}}\n'
)


def pdf(*pages: str, title_size: int = 18) -> bytes:
    """Return a PDF written by hand: each page a text of "size|x|y|font|words" lines.

    Fonts: F1 is Times, F2 Times Bold, F3 Times Italic; coordinates are in points.
    """
    streams = []
    for page in pages:
        shown = []
        for line in filter(None, (line.strip() for line in page.split("\n"))):
            size, x, y, font, words = line.split("|", 4)
            words = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            shown.append(f"BT /{font} {size} Tf {x} {y} Td ({words}) Tj ET")
        streams.append("\n".join(shown).encode("cp1252"))
    return assemble_pdf(streams)


def assemble_pdf(streams: list[bytes], catalog: bytes = b"") -> bytes:
    """Return a PDF with a page for each content stream; `catalog` adds entries to its root."""
    fonts = b"".join(
        b"/F%d << /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >> "
        % (n, name)
        for n, name in enumerate((b"Times-Roman", b"Times-Bold", b"Times-Italic"), 1)
    )
    count = len(streams)
    kids = b" ".join(b"%d 0 R" % (3 + 2 * n) for n in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d /MediaBox [0 0 612 792] "
        b"/Resources << /Font << " % count + fonts + b">> >> >>",
    ]
    for n, stream in enumerate(streams):
        objects.append(b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R >>" % (4 + 2 * n))
        objects.append(b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + table + trailer % (len(objects) + 1, len(out))


PDF = pdf(
    """
    18|150|720|F2|Bridges of a Town
    12|150|695|F1|Leonhard Euler
    12|280|670|F2|Abstract
    10|120|650|F1|Every bridge is crossed once.
    14|72|615|F2|1 Introduction
10|72|590|F1|We cross the graph of all bridges that the town has built [1], and nobody knew be-
10|72|578|F1|fore this was asked whether every one of them is crossed once, as Figure 1 shows. It is
    10|72|566|F1|question of numbers.
    12|72|540|F2|1.1 Walks
10|72|518|F1|There is one way, and no other one is known to those who have looked for it, as
    10|72|506|F1|Table 1 counts.
    10|72|440|F1|Figure 1: A town.
    10|72|400|F1|Table 1: Counts.
    10|72|384|F1|Model
    10|200|384|F1|F1
    10|72|372|F1|Walk
    10|200|372|F1|.91
    10|72|360|F1|Ride
    10|200|360|F1|.87
    10|200|320|F3|a = b
    10|540|320|F1|(1)
    14|72|280|F2|References
10|72|258|F1|[1] L. Euler. Solutio problematis ad geometriam situs pertinentis. Commentarii acad.,
    10|86|246|F1|8:128-140, 1736.
    """
)

DOCUMENTS: dict[str, tuple[str, bytes]] = {
    "pdf": ("paper.pdf", PDF),
    "tex": ("paper.tex", TEX.encode()),
    "jats": ("paper.nxml", JATS.encode()),
    "tei": ("paper.tei.xml", TEI.encode()),
    "html": ("page.html", HTML.encode()),
    "unarxive": ("papers.jsonl", UNARXIVE.encode()),
}


def items_here(content: bytes | str, kind: str, folder: Path) -> list[Item]:
    """Read a content in this process, from a file in `folder`."""
    data = content.encode() if isinstance(content, str) else content
    path = folder / DOCUMENTS[kind][0]
    path.write_bytes(data)
    return list(read_here(path, kind, path.name))


def document(content: bytes | str, kind: str) -> Document:
    """Read a content that holds one document, in this process, without a file."""
    data = content.encode() if isinstance(content, str) else content
    file = File(io.BytesIO(data), DOCUMENTS[kind][0], data[:HEAD])
    (only,) = READERS.load(kind).read(file)
    assert isinstance(only, Document)
    return only

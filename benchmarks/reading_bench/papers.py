"""Papers with a known structure, made up from a seed, and their LaTeX in several styles."""

from dataclasses import dataclass, field
from random import Random

NOUNS = (
    "bridge graph encoder lattice kernel measure spectrum corpus operator particle sensor polymer "
    "protein market vessel neuron filter channel protocol circuit galaxy mineral reactor antibody "
    "grammar archive boundary catalyst decoder estimator feature gradient histogram interface"
).split()
ADJECTIVES = (
    "robust sparse deep linear coupled random hidden stable thermal causal discrete federated "
    "convex latent modular nested ordered planar recursive spectral turbulent uniform weighted"
).split()
VERBS = (
    "improves bounds predicts constrains explains limits refines separates controls aligns".split()
)
HEADS = (
    "Introduction|Related Work|Background|Method|Experimental Setup|Results|Discussion|Conclusion"
).split("|")
GIVEN = (
    "Ada Boris Chloe Daniel Elena Farid Grace Hugo Ines Jonas Katya Liam Mira Noor Oskar Petra"
).split()
NAMES = [
    *(
        "Abbott Bergström Castillo Dumont Eriksen Fischer Galvão Hoffmann Ibrahim Jansen Kowalski "
        "Lindqvist Moreau Novák Okafor Petrov Quintero Rossi Schneider Tanaka Ueda Vasquez Weber "
        "Yamada Zhang"
    ).split(),
    *("van Dijk", "de Souza"),
]
VENUES = (
    "Journal of Applied Lattices|Proceedings of the Conference on Structured Measures"
    "|Annals of Kernels|Transactions on Sparse Systems"
    "|International Conference on Coupled Channels|Physics of Vessels"
).split("|")


@dataclass(frozen=True)
class Cited:
    """An entry of the bibliography as it was made up."""

    key: str
    authors: tuple[tuple[str, str], ...]
    title: str
    venue: str
    year: str
    pages: str

    @property
    def label(self) -> str:
        """Return how natbib calls it."""
        names = [family for _, family in self.authors]
        people = (
            names[0]
            if len(names) == 1
            else f"{names[0]} and {names[1]}"
            if len(names) == 2
            else f"{names[0]} et~al."
        )
        return f"{people}({self.year})"


@dataclass
class Truth:
    """What a reader should find; citations by the rare word that opens their paragraph."""

    title: str
    authors: list[str] = field(default_factory=list)
    abstract: str = ""
    sections: list[tuple[str, int]] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    reference_titles: list[str] = field(default_factory=list)
    citations: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    equations: int = 0
    openers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Style:
    """How a paper is typeset: class, preamble, and how its references look."""

    name: str
    top: str
    numeric: bool = True
    inverted: bool = False
    quoted: bool = False
    abstract_first: bool = False
    wide_title: bool = False


_NAT = "\\usepackage[round]{natbib}"
STYLES = (
    Style("article", "\\documentclass[11pt]{article}"),
    Style("article-two", f"\\documentclass[twocolumn]{{article}}{_NAT}", numeric=False),
    Style("amsart", "\\documentclass{amsart}", inverted=True, abstract_first=True),
    Style("proc", "\\documentclass{proc}", quoted=True),
    Style(
        "small-capitals",
        "\\documentclass{article}" + _NAT + "\\usepackage[margin=1.4in]{geometry}"
        "\\makeatletter\\renewcommand\\section{\\@startsection{section}{1}{\\z@}{-2ex}{1.5ex}{\\large\\scshape}}"
        "\\renewcommand\\subsection{\\@startsection{subsection}{2}{\\z@}{-1.8ex}{.8ex}{\\normalsize\\scshape}}\\makeatother",
        numeric=False,
    ),
    Style(
        "roman-two",
        "\\documentclass[twocolumn]{article}\\usepackage[margin=.75in]{geometry}"
        "\\renewcommand\\thesection{\\Roman{section}}\\renewcommand\\thesubsection{\\Alph{subsection}}"
        "\\renewcommand\\thetable{\\Roman{table}}"
        "\\makeatletter\\renewcommand\\section{\\@startsection{section}{1}{\\z@}{-2ex}{1ex}{\\normalsize\\centering\\scshape}}"
        "\\renewcommand\\subsection{\\@startsection{subsection}{2}{\\z@}{-1.6ex}{.6ex}{\\normalsize\\itshape}}"
        "\\renewcommand\\@seccntformat[1]{\\csname the#1\\endcsname.\\hskip .5em}\\makeatother",
        quoted=True,
    ),
    Style(
        "conference-two",
        "\\documentclass[11pt,twocolumn]{article}" + _NAT + "\\usepackage[margin=1in]{geometry}"
        "\\makeatletter\\renewcommand\\section{\\@startsection{section}{1}{\\z@}{-2ex}{1.2ex}{\\large\\bfseries\\raggedright}}"
        "\\renewcommand\\subsection{\\@startsection{subsection}{2}{\\z@}{-1.6ex}{.8ex}{\\normalsize\\bfseries\\raggedright}}\\makeatother",
        numeric=False,
        inverted=True,
    ),
    Style("raised", "\\documentclass{article}\\usepackage[super,sort&compress]{natbib}"),
    Style(
        "raised-two",
        "\\documentclass[10pt,twocolumn]{article}\\usepackage[margin=.8in]{geometry}"
        "\\makeatletter\\renewcommand\\@cite[2]{\\unskip\\textsuperscript{#1}}"
        "\\renewcommand\\@biblabel[1]{#1.}\\makeatother",
        inverted=True,
    ),
)


class Maker:
    """Make one paper: every choice comes from the seed."""

    def __init__(self, seed: int, style: Style) -> None:
        self.random = Random(seed)
        self.style = style
        self.count = 0
        self.truth = Truth(title=self.phrase(6).title())
        self.cited = [self.entry(n) for n in range(self.random.randint(12, 28))]
        if style.numeric:
            self.random.shuffle(self.cited)
        else:
            self.cited.sort(key=lambda item: (item.authors[0][1], item.year, item.title))

    def phrase(self, words: int) -> str:
        """Return a noun phrase."""
        pick = self.random.choice
        parts = [pick(ADJECTIVES if n % 3 < 2 else NOUNS) for n in range(words - 1)]
        return " ".join([*parts, pick(NOUNS)])

    def entry(self, number: int) -> Cited:
        """Return a made-up work; no two share first author and year."""
        pick = self.random.choice
        names = [
            NAMES[number % len(NAMES)],
            *(pick(NAMES) for _ in range(self.random.randint(0, 4))),
        ]
        people = tuple((pick(GIVEN), family) for family in dict.fromkeys(names))
        year = str(1990 + (number * 7) % 35)
        first = self.random.randint(1, 900)
        title = self.phrase(self.random.randint(4, 9)).capitalize()
        return Cited(f"k{number}", people, title, pick(VENUES), year, f"{first}--{first + 12}")

    def printed(self, item: Cited) -> str:
        """Return an entry as the style prints it, in LaTeX."""
        if self.style.inverted:
            people = ", ".join(f"{family}, {given[0]}." for given, family in item.authors)
            if self.style.numeric:
                where = f"{item.venue} \\textbf{{12}} ({item.year}), {item.pages}"
                return f"{people} \\emph{{{item.title}}}, {where}."
            return f"{people} ({item.year}). {item.title}. \\emph{{{item.venue}}}, 12:{item.pages}."
        short = [f"{given[0]}. {family}" for given, family in item.authors]
        long = [f"{given} {family}" for given, family in item.authors]
        names = short if self.style.numeric else long
        people = names[0] if len(names) == 1 else ", ".join(names[:-1]) + f", and {names[-1]}"
        if self.style.quoted:
            where = f"\\emph{{{item.venue}}}, {item.year}, pp. {item.pages}"
            return f"{people}, ``{item.title},'' in {where}."
        return f"{people}. {item.title}. \\emph{{{item.venue}}}, 12(3):{item.pages}, {item.year}."

    def citation(self, opener: str) -> str:
        """Return a citing command, and note what it cites."""
        some = self.random.sample(self.cited, self.random.choice((1, 1, 1, 2, 3)))
        self.truth.citations += [(opener, item.title) for item in some]
        keys = ",".join(item.key for item in some)
        if self.style.numeric:
            return f"\\cite{{{keys}}}"
        return (
            f"\\citet{{{some[0].key}}}"
            if len(some) == 1 and self.random.random() < 0.4
            else f"\\citep{{{keys}}}"
        )

    def sentence(self, opener: str) -> str:
        """Return a sentence, sometimes with a citation or a formula."""
        pick = self.random.choice
        text = f"The {self.phrase(3)} {pick(VERBS)} every {self.phrase(2)}"
        chance = self.random.random()
        if chance < 0.35:
            text += (
                f" as reported by {self.citation(opener)}"
                if not self.style.numeric
                else f" {self.citation(opener)}"
            )
        elif chance < 0.5:
            text += f" whenever $x_{{{self.random.randint(1, 9)}}} \\leq \\alpha$"
        return f"{text}, and the {pick(NOUNS)} {pick(VERBS)} the {self.phrase(2)}."

    def paragraph(self) -> str:
        """Return a paragraph that opens with a word found nowhere else."""
        self.count += 1
        letters = "".join(
            self.random.choice("bdfgklmnprstvz") + self.random.choice("aeiou") for _ in range(4)
        )
        opener = f"{letters.capitalize()}x"
        self.truth.openers.append(opener)
        body = " ".join(self.sentence(opener) for _ in range(self.random.randint(3, 7)))
        return f"{opener} is the name of this case. {body}\n"

    def figure(self) -> str:
        """Return a figure: a frame and a caption."""
        first, second, third = self.phrase(3), self.phrase(3), self.phrase(4)
        text = f"{first.capitalize()} against {second}, with the {third} in grey."
        self.truth.captions.append(text)
        frame = "\\fbox{\\rule{0pt}{1.1in}\\rule{1.8in}{0pt}}"
        return f"\\begin{{figure}}[t]\\centering{frame}\\caption{{{text}}}\\end{{figure}}\n"

    def table(self) -> str:
        """Return a table of three columns."""
        text = f"Scores of the {self.phrase(3)} on two samples."
        self.truth.captions.append(text)
        rows = [("System", "Dev", "Test")]
        rows += [
            (
                f"{self.random.choice(NOUNS).title()}{n}",
                f"{self.random.random():.3f}"[1:],
                f"{self.random.random():.3f}"[1:],
            )
            for n in range(self.random.randint(3, 6))
        ]
        self.truth.rows += rows
        lines = [
            "" + " & ".join(row) + " \\\\" + (" \\hline" if n == 0 else "")
            for n, row in enumerate(rows)
        ]
        return (
            f"\\begin{{table}}[t]\\centering\\caption{{{text}}}\n\\begin{{tabular}}{{lcc}}\\hline\n"
            + "\n".join(lines)
            + "\n\\hline\\end{tabular}\\end{table}\n"
        )

    def equation(self) -> str:
        """Return a numbered formula."""
        self.truth.equations += 1
        n = self.random.randint(2, 9)
        formula = f"f_{{{n}}}(x) = \\sum_{{i=1}}^{{{n}}} \\alpha_i x^i + \\beta"
        return f"\\begin{{equation}} {formula} \\end{{equation}}\n"

    def section(self, title: str, level: int) -> str:
        """Return a heading."""
        self.truth.sections.append((title, level))
        return f"\\{'sub' * (level - 1)}section{{{title}}}\n"

    def body(self) -> str:
        """Return all sections with their text."""
        parts = []
        for head in HEADS:
            parts += [
                self.section(head, 1),
                *(self.paragraph() + "\n" for _ in range(self.random.randint(1, 3))),
            ]
            parts += [self.figure()] if self.random.random() < 0.35 else []
            parts += [self.table()] if self.random.random() < 0.35 else []
            if self.random.random() < 0.4:
                parts += [self.equation(), "", self.paragraph()]
            for _ in range(
                self.random.choice((0, 0, 2, 3))
                if head not in {"Introduction", "Conclusion"}
                else 0
            ):
                parts += [
                    self.section(self.phrase(3).title(), 2),
                    self.paragraph(),
                    "\n",
                    self.paragraph(),
                ]
        return "\n".join(parts)

    def latex(self) -> str:
        """Return the whole LaTeX of the paper; the truth is complete after it."""
        truth, style = self.truth, self.style
        truth.authors = [
            f"{self.random.choice(GIVEN)} {self.random.choice(NAMES)}" for _ in range(3)
        ]
        truth.abstract = (
            f"We study the {self.phrase(4)}. It {self.random.choice(VERBS)} a {self.phrase(3)}. "
            * 2
        )
        abstract = f"\\begin{{abstract}}{truth.abstract}\\end{{abstract}}"
        people = (
            "".join(f"\\author{{{name}}}" for name in truth.authors)
            if style.abstract_first
            else f"\\author{{{', '.join(truth.authors)}}}"
        )
        body = self.body()
        items = []
        for item in self.cited:
            label = "" if style.numeric else f"[{item.label}]"
            items.append(f"\\bibitem{label}{{{item.key}}} {self.printed(item)}\n")
            truth.references.append(self.printed(item))
            truth.reference_titles.append(item.title)
        front = f"{abstract}\\maketitle" if style.abstract_first else f"\\maketitle{abstract}"
        return (
            f"{style.top}\\usepackage[utf8]{{inputenc}}\n\\title{{{truth.title}}}\n{people}\n"
            f"\\begin{{document}}\n{front}\n{body}\n\\begin{{thebibliography}}{{99}}\n{''.join(items)}"
            "\\end{thebibliography}\n\\end{document}\n"
        )


def make(seed: int, style: Style) -> tuple[str, Truth]:
    """Return the LaTeX of the paper of this seed, and what stands in it."""
    maker = Maker(seed, style)
    return maker.latex(), maker.truth

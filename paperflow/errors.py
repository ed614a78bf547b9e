"""The error tree: everything that a user can mend.

PaperflowError
├── UnknownName          a part, paper, or setting that does not exist
├── BadInput             a file or option that can't be used
│   └── UnreadableFile   a file that is not what it claims to be
├── WorkspaceError       the folder, its disk, or its database
├── NotReady             a step that must run before this one
├── MissingExtra         an optional package that is not installed
├── BudgetSpent          the requests, tokens, time, or money allowed are used up
└── ModelError           the language model's service refuses, or can't be reached
    └── NoAnswer         one request to it came to nothing
        ├── NoTools      the model can't be given tools
        └── TooLong      the request, or its answer, is longer than the model bears
"""


class PaperflowError(Exception):
    """A problem that the user can mend, with a hint on how."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnknownName(PaperflowError):
    """No part, paper, or setting has this name."""


class BadInput(PaperflowError):
    """An argument or a file can't be used as it is."""


class UnreadableFile(BadInput):
    """A file is not what it claims to be."""


class WorkspaceError(PaperflowError):
    """The workspace's folder, disk, or database refuses."""


class NotReady(PaperflowError):
    """A step that this one needs has not run yet."""


class MissingExtra(PaperflowError):
    """An optional package is not installed."""


class BudgetSpent(PaperflowError):
    """What a run may take is used up."""


class ModelError(PaperflowError):
    """The language model's service refuses, or can't be reached: asking on is no use."""


class NoAnswer(ModelError):
    """One request to a language model came to nothing; others may fare better."""


class NoTools(NoAnswer):
    """The language model, or its service, can't be given tools."""


class TooLong(NoAnswer):
    """A request, or the answer to it, is longer than the language model bears."""

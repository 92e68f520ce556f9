"""Every error that Second Story raises on purpose; all derive from `SecondStoryError`. Messages never hold report text."""


class SecondStoryError(Exception):
    """Root of the tree. `code` is stable and goes into the API's error shape."""

    code = "error"


class UnreadableInputError(SecondStoryError, ValueError):
    """The input is not a report that can be read: wrong keys, wrong encoding, a broken file."""

    code = "unreadable_input"


class LimitExceededError(SecondStoryError, ValueError):
    """The input is larger than an announced limit."""

    code = "limit_exceeded"


class UnknownLabelError(SecondStoryError, ValueError):
    """A label is not in the taxonomy."""

    code = "unknown_label"

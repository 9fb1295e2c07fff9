"""What the simulated iCIMS says when it does not do what it was asked."""

from warmbench.simulators.vendor import Answer, RefusedError

#: Status by error code: internal error, field required, resource not found, access denied.
STATUS = {0: 500, 1: 400, 2: 404, 3: 404}


def error(code: int, detail: str, *, status: int | None = None) -> Answer:
    """An answer with the code and its words in the body and in ``X-Error``."""
    body = {"errors": [{"errorMessage": detail, "errorCode": code}]}
    return Answer(status or STATUS[code], body, {"X-Error": f"{code},{detail}"})


def refuse(code: int, detail: str) -> RefusedError:
    """The same, to be raised."""
    return RefusedError(error(code, detail))


def done(status: int, location: str) -> Answer:
    """An answer to a write: no body, of a type that says nothing, with where to read it."""
    headers = {"Content-Type": "application/octet-stream", "Location": location}
    return Answer(status, b"", headers)

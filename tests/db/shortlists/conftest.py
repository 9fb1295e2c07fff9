"""A model that only counts what a profile asks for, so that tests hang on no learnt figures."""

from dataclasses import replace

import pytest

from warmbench.shortlists import likelihood


@pytest.fixture(autouse=True)
def _plain_model(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = replace(
        likelihood.usual(),
        bias=-7.0,
        weights={"musts": 10.0},
        calibration=((-9.0, 0.1), (-3.5, 0.3), (0.0, 0.8)),
        best_misfits=(-1.0,) * 20,
    )
    monkeypatch.setattr(likelihood, "usual", lambda: plain)

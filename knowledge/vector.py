"""Dense retrieval: the cosine of the question's vector with every stored phrasing's, exact, one matrix."""

import numpy as np

from knowledge.ports import Vectors


class VectorIndex:
    """Normalised vectors in one float32 matrix (2 KB a phrasing at 512 dimensions); immutable."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors`: n × d, rows of length 1; copied so that nobody can change them behind our back."""
        self._matrix = np.array(vectors, dtype=np.float32, order="C")
        self._matrix.setflags(write=False)

    def scores(self, vector: Vectors) -> Vectors:
        """The cosine of one vector of length d with each stored one."""
        return np.asarray(self._matrix @ vector, dtype=np.float32)

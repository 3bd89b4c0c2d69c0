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
        """Cosines in −1…1 for one vector of length d; for k × d vectors a matrix of k × n."""
        return np.asarray(vector @ self._matrix.T, dtype=np.float32)

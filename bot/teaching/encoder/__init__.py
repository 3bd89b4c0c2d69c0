"""How our own encoder of Chinese retail language is made: what it learns from, whom it learns from, and how.

``make encoder DATA=../shared/data`` runs it in an environment of its own, as only training needs torch.
"""

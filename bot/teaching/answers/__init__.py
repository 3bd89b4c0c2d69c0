"""Teaching knowledge bases when an entry answers a question, with bases of many trades and what shoppers ask of them."""

"""民主评议: once a year a branch reviews its members, and each gets a grade that they are told before anybody else.

models.py says what there is, states.py how a review moves, access.py who reads what: the person, the branch's keeper
and, once it is handed up, the body above. Begin reading in grading.py.
"""

"""Who may do what, from the offices people hold.

An office carries roles, a role a few permission words over a stretch of one walk. `reach` is what somebody's offices
open today, as conditions on lists; `policy` answers for one thing at a time, over the dated links, and says through
which office. A test holds that the two agree. `queries.why` tells people
who can see a thing, and why they cannot.
"""

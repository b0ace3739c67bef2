"""Letters to people (Letter): written once for each account, kind and day, shown on one's own page, sent by mail to
whoever has an address and did not switch that off (Preference).

A letter is written, then sent, kept on the page alone, or failed. Whoever writes one answers for what its reader may
see. Begin with models.py, then delivery.py.
"""

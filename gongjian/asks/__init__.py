"""Asks 要办的事: the one door through which work reaches people, what it adds to a month, and what need not be asked.

A sending (布置) is written, narrowed to its receivers, looked at, and sent: an ask for each body. Whoever answers for
the body finds it in the inbox, and answers, declines or hands it over. Begin with models, then actions.
"""

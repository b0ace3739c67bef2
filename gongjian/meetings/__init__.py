"""The joint conference 联席会议 and the secretary's hearings 定期听取汇报: from topics to what became of decisions.

A Series has its host, its members and its rhythm; a Meeting of it gathers topics, sets an agenda, is held, and has its
minutes published: then each decision is asked of its owner (asks), and the next meeting begins with what became of it.
Begin with models.py, then states.py.
"""

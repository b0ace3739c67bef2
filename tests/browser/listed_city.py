"""`python -m tests.browser.listed_city` makes the tables, loads the city's list of 2018 and says how an officer enters.

Nothing else stands there: no employers, no later lists. Prints the key of the officer's session.
"""

import sys
from datetime import date
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).parents[2]
DIVISIONS = ROOT / "packs" / "shaoxing" / "divisions"
THEN = date(2018, 10, 31)

if __name__ == "__main__":
    django.setup()

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from gongjian.accounts.factors import EXCUSED  # app ready: as above
    from gongjian.packs.load import load_pack
    from gongjian.packs.read import read_pack
    from gongjian.register.models import UnitEntry
    from gongjian.register.reconciliations.applying import apply
    from gongjian.register.reconciliations.comparing import compare, start
    from gongjian.register.reconciliations.deciding import accept_sure
    from tests.register import town

    call_command("migrate", verbosity=0)
    load_pack(read_pack(ROOT / "packs" / "shaoxing"))
    with (DIVISIONS / f"shaoxing-{THEN}.csv").open("rb") as file:
        found = compare(start(file, file.name, as_of=THEN, today=date.today(), by=None))
    accept_sure(found, by=None)
    apply(found, by=None, today=date.today())

    city = UnitEntry.objects.get(code="3306").unit
    body = town.body("绍兴市委", "party_committee", city, since=THEN)
    officer = town.account("李样例")
    town.office(town.person("李样例", account=officer), body, "organisation_officer", since=THEN)
    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session[EXCUSED] = True
    session.create()
    sys.stdout.write(session.session_key)

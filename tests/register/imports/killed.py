"""Applies the draft whose number is given; the test kills this process in the middle of it."""

import sys

import django

django.setup()

from gongjian.register.imports.apply import apply  # noqa: E402
from gongjian.register.imports.staging import look  # noqa: E402

apply(look(int(sys.argv[1])), by=None)

"""What the page frame needs on every page: the day, the city, the language."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

# A place in a list does not outlive a change of day, of order or of filter.
NOT_KEPT = {"on", "after", "before"}


def page(request: HttpRequest) -> dict[str, Any]:
    """Higher floors may set sample_city, city_name and official_days on the request."""
    today = getattr(request, "today", None) or timezone.localdate()
    return {
        "day": getattr(request, "day", today),
        "today": today,
        "is_past": getattr(request, "is_past", False),
        "is_future": getattr(request, "is_future", False),
        "html_lang": "en" if (get_language() or "").startswith("en") else "zh-Hans",
        "sample_city": getattr(request, "sample_city", False),
        "city_name": getattr(request, "city_name", ""),
        "official_days": getattr(request, "official_days", ()),
        "kept_fields": [
            (name, value) for name, values in request.GET.lists() if name not in NOT_KEPT for value in values
        ],
    }

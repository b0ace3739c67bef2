"""Words of the page language: addresses that keep the day, icons, chips, notices, tables, trees.

Built in for every template (settings.TEMPLATES). The markup is in templates/ui/, one partial a component.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff][\w·（）、]*")

# == addresses and days ==


def keep_day(address: str, request: HttpRequest | None) -> str:
    """The address with ?on=DAY, unless the page shows today."""
    day = getattr(request, "day", None)
    if day is None or day == getattr(request, "today", None):
        return address
    path, mark, fragment = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{urlencode({'on': day.isoformat()})}{mark}{fragment}"


@register.simple_tag(takes_context=True)
def url_on(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """{% url_on 'unit' unit.id %}: the address of a page on the day now shown."""
    return keep_day(reverse(name, args=args or None, kwargs=kwargs or None), context.get("request"))


@register.simple_tag(takes_context=True)
def on_day(context: Context, address: str) -> str:
    """{% on_day address %}: an address made elsewhere, on the day now shown."""
    return keep_day(address, context.get("request"))


@register.simple_tag(takes_context=True)
def day_field(context: Context) -> SafeString | str:
    """The hidden field that lets a GET form keep the day."""
    request = context.get("request")
    day = getattr(request, "day", None)
    if day is None or day == getattr(request, "today", None):
        return ""
    return format_html('<input type="hidden" name="on" value="{}">', day.isoformat())


@register.filter
def day(value: date | datetime | None) -> str:
    """2018-10-31; nothing for no day."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value.isoformat()


@register.filter
def moment(value: datetime | None) -> str:
    """2018-10-31 17:30 on the city's clock; nothing for no moment."""
    if not value:
        return ""
    return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"


@register.filter
def thousands(value: int | float | Decimal | None) -> str:
    """12,345 and −1,234; nothing for None."""
    return "" if value is None else f"{value:,}".replace("-", "−")


@register.filter
def percent(value: float | None) -> str:
    """A share of 0 to 1 as 81.7, without the sign; 100.0 only for all, 0.0 only for none."""
    if value is None:
        return ""
    shown = round(value * 100, 1)
    if value < 1:
        shown = min(shown, 99.9)
    if value > 0:
        shown = max(shown, 0.1)
    return f"{shown:.1f}"


# == small marks ==


def icon_svg(name: str, label: str = "") -> SafeString:
    use = format_html('<use href="{}#{}"/>', static("ui/icons.svg"), name)
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}">{}</svg>', label, use)
    return format_html('<svg class="icon" aria-hidden="true">{}</svg>', use)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """{% icon 'search' %}: silent beside a word; give a label where it stands alone."""
    return icon_svg(name, label)


@register.simple_tag
def chip(kind: str, shape: str, text: str) -> SafeString:
    """{% chip 'ok' 's-done' _("In the register") %}; kind is ok, calm, warn, late or empty."""
    css = f"chip chip--{kind}" if kind else "chip"
    return format_html('<span class="{}">{}{}</span>', css, icon_svg(shape), text)


@register.simple_tag
def name_zh(text: str | None) -> SafeString | str:
    """A Chinese name, marked as Chinese on an English page."""
    if not text:
        return ""
    if (get_language() or "").startswith("en"):
        return format_html('<span lang="zh-Hans">{}</span>', text)
    return conditional_escape(text)


@register.filter
def names_zh(sentence: str) -> SafeString:
    """{{ event.title|names_zh }}: a sentence; the Chinese names in it are marked as Chinese on an English page."""
    text = conditional_escape(sentence)
    if not (get_language() or "").startswith("en"):
        return text
    return mark_safe(CHINESE.sub(r'<span lang="zh-Hans">\g<0></span>', text))


@register.simple_tag
@lru_cache
def mark(character: str) -> SafeString:
    """The character in a ring that stands for a line of work; always beside its name."""
    return format_html('<span class="mark" aria-hidden="true" lang="zh-Hans">{}</span>', character)


# == blocks with a body ==


@register.simple_block_tag
def notice(content: str, kind: str, title: str, shape: str = "info") -> SafeString:
    """{% notice 'warn' _("9 rows need a change") %}What to do.{% endnotice %}"""
    css = f"notice notice--{kind}" if kind else "notice"
    return format_html(
        '<div class="{}">{}<div><strong>{}</strong>{}</div></div>',
        css,
        icon_svg(shape),
        title,
        mark_safe(content.strip()),
    )


@register.simple_block_tag
def nothing(content: str, title: str, shape: str = "info") -> SafeString:
    """{% nothing _("No unit fits") %}<p>Take a filter away.</p>{% endnothing %}"""
    return format_html(
        '<div class="empty">{}<strong>{}</strong>{}</div>', icon_svg(shape), title, mark_safe(content.strip())
    )


# == partials ==


@register.inclusion_tag("ui/crumbs.html")
def crumbs(trail: Iterable[tuple[str, str | None]]) -> dict[str, Any]:
    """{% crumbs trail %}: (name, address) pairs from the city down; the last one is where you are."""
    steps = list(trail)
    return {"above": steps[:-1], "here": steps[-1] if steps else None}


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: Context, page: Any, summary: str = "") -> dict[str, Any]:
    """{% pager page summary %}: links to the neighbours of a keyset page."""
    return {"request": context["request"], "page": page, "summary": summary}


@register.inclusion_tag("ui/stat.html")
def stat(name: str, value: Any, **facts: Any) -> dict[str, Any]:
    """{% stat name value unit= of= share= target= note= href= door= mark= %}; share and target are 0–100."""
    return {"name": name, "value": value, **facts}


@register.inclusion_tag("ui/active_filters.html")
def active_filters(tags: Iterable[Any], summary: str = "", clear_href: str = "") -> dict[str, Any]:
    """{% active_filters tags summary clear_href %}: (text, address without it) pairs."""
    return {"tags": list(tags), "summary": summary, "clear_href": clear_href}


@register.inclusion_tag("ui/sort_head.html", takes_context=True)
def sort_head(context: Context, label: str, key: str, current: str, numeric: bool = False) -> dict[str, Any]:
    """{% sort_head _("Staff") 'staff' sort numeric=True %}: sorts by `key`; "-staff" is descending."""
    is_up, is_down = current == key, current == f"-{key}"
    turned = f"-{key}" if is_up or (numeric and not is_down) else key  # figures: largest first
    return {
        "request": context["request"],
        "label": label,
        "numeric": numeric,
        "turned": turned,
        "is_up": is_up,
        "is_down": is_down,
    }


@register.inclusion_tag("ui/tree.html", takes_context=True)
def tree(context: Context, nodes: Iterable[dict[str, Any]], more: dict[str, Any] | None = None) -> dict[str, Any]:
    """{% tree nodes more %}, each row fetching its own below.

    A node: id, name, href, count, children_href (None for a leaf), and perhaps is_open with children and
    more, is_current, mark. `more`: text, href (a page), fetch_href. The addresses answer with
    ui/tree_children.html given nodes, more and announce (a sentence for who cannot see the rows come).
    """
    return {"request": context.get("request"), "nodes": list(nodes), "more": more}


@register.inclusion_tag("ui/job.html")
def job(job: Any) -> dict[str, Any]:
    """{% job job %}: id, label, done, total, note, poll_href, page_href; over: is_over, failed, end_note,
    end_href, end_text; is_seen_first if the page opens with it, so that nothing has to be called out.

    What poll_href answers is this tag alone; it is asked again every second until is_over.
    """
    return {"job": job}


@register.inclusion_tag("ui/steps.html")
def steps(steps: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """{% steps steps %}: name, icon, note, is_current, is_ahead."""
    return {"steps": list(steps)}


@register.inclusion_tag("ui/lineage.html")
def lineage(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """{% lineage events %}, oldest first: when, title, note, icon, is_unsure, href, links as (href, name)."""
    return {"events": list(events)}


@register.inclusion_tag("ui/field.html")
def field(field: BoundField) -> dict[str, Any]:
    """{% field form.name %}: label, help, error and input, tied together for a screen reader.

    The first one that is wrong has the focus, so that a phone shows it; but for what is said of the whole form, on top.
    """
    help_id, error_id = f"{field.auto_id}_help", f"{field.auto_id}_error"
    described = " ".join(part for part, is_there in ((help_id, field.help_text), (error_id, field.errors)) if is_there)
    widget = field.field.widget
    is_group = isinstance(widget, (RadioSelect, CheckboxSelectMultiple))
    attrs: dict[str, str | bool] = {} if is_group or isinstance(widget, CheckboxInput) else {"class": "input"}
    if described and not is_group:
        attrs["aria-describedby"] = described
    if field.errors and not is_group:
        attrs["aria-invalid"] = "true"
        wrong = next((each.name for each in field.form.visible_fields() if each.errors), "")
        attrs["autofocus"] = wrong == field.name and not field.form.non_field_errors()
    return {
        "field": field,
        "input": field.as_widget(attrs=attrs),
        "help_id": help_id,
        "error_id": error_id,
        "described": described,
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": is_group,
    }

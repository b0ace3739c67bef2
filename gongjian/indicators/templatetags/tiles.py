"""The tiles of a map, which may be five hundred: a template would take most of the page's time for them."""

from __future__ import annotations

from html import escape

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from gongjian.indicators.treemap import Group
from gongjian.ui.templatetags.ui import name_zh, percent, thousands

register = template.Library()
BELOW_THE_NAME = ' style="padding-top:1.5rem"'


def _around_names() -> tuple[str, str]:
    """What `name_zh` puts around a name in the language of the page, asked once for all of them."""
    before, _name, after = str(name_zh("name")).partition("name")
    return before, after


@register.simple_tag
def tiles(group: Group) -> SafeString:
    """The boxes of a group; the first stands below the name of the group. Names are escaped, all else is numbers."""
    before, after = _around_names()
    return mark_safe(
        "".join(
            f'<div class="treemap__tile {each.shade}" style="{each.box.style}"><span{"" if at else BELOW_THE_NAME}>'
            f"{before}{escape(each.name)}{after} {percent(each.reading.rate)}</span></div>"
            for at, each in enumerate(group.tiles)
        )
    )


@register.simple_tag
def tile_rows(group: Group, address: str) -> SafeString:
    """The same as rows of a table; each name leads to the address with `in`."""
    inside, (before, after) = name_zh(group.name), _around_names()
    link = f'<a href="{conditional_escape(address)}in='
    return mark_safe(
        "".join(
            f'<tr><th scope="row">{link}{each.unit_id}">{before}{escape(each.name)}{after}</a></th><td>{inside}</td>'
            f'<td class="num">{percent(each.reading.rate)} %</td><td class="num">{thousands(each.reading.numerator)} / '
            f'{thousands(each.reading.denominator)}</td><td class="num">{thousands(each.reading.missing)}</td></tr>'
            for each in group.tiles
        )
    )

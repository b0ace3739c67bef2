"""The tiles of a map, which may be five hundred: a template would take most of the page's time for them."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from gongjian.indicators.treemap import Group
from gongjian.ui.templatetags.ui import name_zh, percent, thousands

register = template.Library()
BELOW_THE_NAME = ' style="padding-top:1.5rem"'


@register.simple_tag
def tiles(group: Group) -> SafeString:
    """The boxes of a group; the first stands below the name of the group. Names are escaped, all else is numbers."""
    return mark_safe(
        "".join(
            f'<div class="treemap__tile {each.shade}" style="{each.box.style}"><span{"" if at else BELOW_THE_NAME}>'
            f"{name_zh(each.name)} {percent(each.reading.rate)}</span></div>"
            for at, each in enumerate(group.tiles)
        )
    )


@register.simple_tag
def tile_rows(group: Group, address: str) -> SafeString:
    """The same as rows of a table; each name leads to the address with `in`."""
    inside, leads = name_zh(group.name), conditional_escape(address)
    return mark_safe(
        "".join(
            f'<tr><th scope="row"><a href="{leads}in={each.unit_id}">{name_zh(each.name)}</a></th><td>{inside}</td>'
            f'<td class="num">{percent(each.reading.rate)} %</td><td class="num">{thousands(each.reading.numerator)} / '
            f'{thousands(each.reading.denominator)}</td><td class="num">{thousands(each.reading.missing)}</td></tr>'
            for each in group.tiles
        )
    )

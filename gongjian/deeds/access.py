"""Who reads deeds, who checks, selects and shows them, who answers for a person, and what everybody reads.

A deed is checked by whoever keeps the plan of its organisation (programme/access.py), and selected and shown from the
body above. Nobody checks what is about them or what they recommended, but for their own organisation. Before a deed is
shown it is read by those, by whom it is about, and by who recommended it.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.programme.access import bodies_kept_by, keeping_body, kept, office_that_keeps
from gongjian.register.access import Reader, persons_visible_to
from gongjian.register.authority.reach import TODAY, reach_of
from gongjian.register.models import Body, BodyEntry, Membership, Office, Person

from .models import PUBLIC_STATES, Deed, Named, ReaderComment, Star

__all__ = ["bodies_kept_by", "keeping_body", "kept", "office_that_keeps"]
S = Deed.State


# == reading ==
def deeds_public() -> QuerySet[Deed]:
    """What everybody reads. A deed of a person is shown only once they agree, and no longer than that."""
    return Deed.objects.filter(state__in=PUBLIC_STATES)


def deeds_visible_to(reader: Reader) -> QuerySet[Deed]:
    public = Q(state__in=PUBLIC_STATES)
    if not reader.is_authenticated:
        return Deed.objects.filter(public)
    after_check = ~Q(state=S.SENT)
    own = Q(recommended_by=reader.pk) if reader.pk else Q(pk__in=())
    return Deed.objects.filter(
        public | kept(reader, "body__") | selected_from(reader) & after_check | own | mine(reader)
    )


def stars_visible_to(reader: Reader) -> QuerySet[Star]:
    """Named in public, whoever asks; not of a deed that was taken back."""
    return Star.objects.filter(deed__state__in=PUBLIC_STATES)


def reader_comments_visible_to(reader: Reader) -> QuerySet[ReaderComment]:
    """Those that are shown, for everybody; one's own; and all below deeds that one shows."""
    shown = Q(state=ReaderComment.State.SHOWN, deed__state__in=PUBLIC_STATES)
    if not reader.is_authenticated:
        return ReaderComment.objects.filter(shown)
    own = Q(by=reader.pk) if reader.pk else Q(pk__in=())
    return ReaderComment.objects.filter(shown | own | kept(reader, "deed__selected_by__"))


def mine(reader: Reader) -> Q:
    """The deeds that are about the reader."""
    own = reach_of(reader).person_id if reader.pk else None
    return Q(named__person=own) if own is not None else Q(pk__in=())


def is_mine(reader: Reader, deed: Deed) -> bool:
    own = reach_of(reader).person_id if reader.pk else None
    named = getattr(deed, "named", None)
    return own is not None and named is not None and named.person_id == own


def named_of(deed: Deed) -> Named | None:
    return getattr(deed, "named", None)


# == checking and selecting ==
def deeds_to_check(reader: Reader) -> QuerySet[Deed]:
    if not reader.is_authenticated:
        return Deed.objects.none()
    return Deed.objects.filter(kept(reader, "body__"), state=S.SENT).exclude(_theirs(reader))


def deeds_to_select(reader: Reader) -> QuerySet[Deed]:
    """Those that were checked, and those that were selected and can be shown."""
    if not reader.is_authenticated:
        return Deed.objects.none()
    ready = Q(state=S.SELECTED) & (Q(of=Deed.Of.BODY) | Q(named__consent=Named.Consent.GIVEN))
    return Deed.objects.filter(selected_from(reader), Q(state=S.CHECKED) | ready).exclude(_theirs(reader))


def deeds_to_ask_for(reader: Reader) -> QuerySet[Deed]:
    """Those whose person has not agreed yet, and whose organisation the reader keeps."""
    if not reader.is_authenticated:
        return Deed.objects.none()
    states = (S.CHECKED, S.SELECTED)
    return Deed.objects.filter(kept(reader, "body__"), state__in=states, named__consent=Named.Consent.ASKED)


def selected_from(reader: Reader) -> Q:
    """The deeds that the reader selects: of bodies right below one whose plan they keep; at the top of their own."""
    kept_ones = Body.objects.filter(kept(reader, "")).values("pk")
    today = BodyEntry.objects.filter(body=OuterRef("body"), valid__contains=TODAY)
    below = Q(Exists(today.filter(Q(superior__in=kept_ones) | Q(superior=None, leader__in=kept_ones))))
    return below | ~Exists(today.exclude(superior=None, leader=None)) & kept(reader, "body__")


def _theirs(reader: Reader) -> Q:
    """About the reader, or recommended by them, unless in the name of the organisation."""
    own = Q(recommended_by=reader.pk) & ~Q(source=Deed.Source.BODY) if reader.pk else Q(pk__in=())
    return own | mine(reader)


def body_above(body: Body) -> Body | None:
    """From where its deeds are selected today; None at the top."""
    entry = BodyEntry.objects.filter(body=body, valid__contains=TODAY).select_related("superior", "leader").first()
    above = entry and (entry.superior or entry.leader)
    return keeping_body(above) if above else None


def selecting_body(deed: Deed) -> Body:
    return deed.selected_by or body_above(deed.body) or deed.body


def waits_to_be_checked(body: Body) -> QuerySet[Deed]:
    return Deed.objects.filter(body=body, state=S.SENT)


def waits_to_be_asked(body: Body) -> QuerySet[Deed]:
    states = (S.CHECKED, S.SELECTED)
    return Deed.objects.filter(body=body, state__in=states, named__consent=Named.Consent.ASKED)


def waits_to_be_selected(body: Body) -> QuerySet[Deed]:
    """What lies with this body: checked by those right below, or selected by it and ready to be shown."""
    today = BodyEntry.objects.filter(body=OuterRef("body"), valid__contains=TODAY)
    below = Q(Exists(today.filter(Q(superior=body) | Q(superior=None, leader=body))))
    at_the_top = ~Exists(today.exclude(superior=None, leader=None)) & Q(body=body)
    ready = Q(state=S.SELECTED, selected_by=body) & (Q(of=Deed.Of.BODY) | Q(named__consent=Named.Consent.GIVEN))
    return Deed.objects.filter((below | at_the_top) & Q(state=S.CHECKED) | ready)


# == comments ==
def comments_to_look_at(reader: Reader) -> QuerySet[ReaderComment]:
    """What waits below deeds that the reader's organisations show; nobody looks at their own."""
    if not reader.is_authenticated:
        return ReaderComment.objects.none()
    waiting = (ReaderComment.State.WAITING, ReaderComment.State.APPEALED)
    rows = ReaderComment.objects.filter(kept(reader, "deed__selected_by__"), state__in=waiting)
    return rows.exclude(by=reader.pk or 0).exclude(state=ReaderComment.State.APPEALED, looked_at_by=reader.pk or 0)


def comments_waiting_with(body: Body) -> QuerySet[ReaderComment]:
    waiting = (ReaderComment.State.WAITING, ReaderComment.State.APPEALED)
    return ReaderComment.objects.filter(deed__selected_by=body, state__in=waiting)


# == people ==
def people_of(reader: Reader, body: Body) -> QuerySet[Person]:
    """Whom of the body's roll the reader sees, to say whom of them a deed is about."""
    held = Office.objects.filter(body=body, valid__contains=TODAY).values("person")
    joined = Membership.objects.filter(body=body, valid__contains=TODAY).values("person")
    return persons_visible_to(reader).filter(Q(pk__in=held) | Q(pk__in=joined)).order_by("name", "pk")

"""The one form an item is written in."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Optional

from newsletter_service.clock import AmbiguousTime, NonexistentTime, local_moment, recurring_moment
from newsletter_service.editorial import rules, wording
from newsletter_service.editorial.images import BadImage, ImageProblem, Picture, read_picture
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import Content, Kind, Problem
from newsletter_service.web.forms.fields import (
    AtMost,
    CheckboxesField,
    DayField,
    Form,
    RadioField,
    SelectField,
    TimeField,
    one_line,
    options,
    stripped,
)
from newsletter_service.web.forms.links import (
    acceptable_link,
    acceptable_links,
    as_it_goes_out,
    naming_nobody,
)

LONGEST_NIGHT = timedelta(hours=12)
"""An event that ends at an earlier time than it begins ends on the next day, if it lasts no longer than this."""


def _line(label: Any, longest: int) -> StringField:
    return StringField(label, filters=[one_line, naming_nobody], validators=[AtMost(longest)])


def _text(label: Any, longest: int) -> TextAreaField:
    filters, validators = [stripped, naming_nobody], [AtMost(longest), acceptable_links]
    return TextAreaField(label, filters=filters, validators=validators)


class ItemForm(Form):
    """All that an editor decides. Days and times are those of the newsletter's own zone."""

    began = HiddenField()
    organisation = SelectField(_l("Namens"), coerce=int)
    kind = RadioField(_l("Wat voor bericht is het?"), choices=options(wording.KINDS), default=Kind.NEWS)
    title = _line(_l("Titel"), rules.TITLE_LENGTH)
    lead = TextAreaField(
        _l("Samenvatting"),
        filters=[one_line, naming_nobody],
        validators=[AtMost(rules.LEAD_LENGTH)],
    )
    day = DayField(_l("Dag"), validators=[Optional()])
    start_time = TimeField(_l("Begint om"), validators=[Optional()])
    end_time = TimeField(_l("Eindigt om"), validators=[Optional()])
    fold = RadioField(
        _l("De klok gaat die nacht terug. Welke tijd bedoelt u?"),
        choices=options(wording.CLOCK_CHANGE),
        validators=[Optional()],
    )
    place = _line(_l("Plaats"), rules.PLACE_LENGTH)
    link_url = StringField(
        _l("Link"),
        filters=[one_line, as_it_goes_out],
        validators=[AtMost(rules.LINK_LENGTH), acceptable_link],
    )
    link_label = _line(_l("Tekst van de link"), rules.LABEL_LENGTH)
    body = _text(_l("Tekst"), rules.BODY_LENGTH)
    image = FileField(_l("Bestand"))
    kept_image = HiddenField(filters=[one_line])
    image_alt = _line(_l("Wat staat er op de afbeelding?"), rules.ALT_LENGTH)
    remove_image = BooleanField(_l("Haal de afbeelding weg"))
    segments = CheckboxesField(_l("Doelgroepen"), coerce=int)
    restricted = BooleanField(_l("Alleen voor lezers van wie we de functie hebben gecontroleerd"))
    topics = CheckboxesField(_l("Waar gaat het over?"), coerce=int)
    joint = BooleanField(_l("Gezamenlijk bericht, namens alle organisaties"))
    priority = RadioField(_l("Prioriteit"), choices=options(wording.PRIORITIES), default="1")
    not_before = DayField(_l("Niet vóór"), validators=[Optional()])
    expires = DayField(_l("Uiterlijk op"), validators=[Optional()])

    picture: Picture | None = None
    picture_must_wait = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    asks_which_time = False

    def prepare(
        self, zone: str, organisations: dict[int, str], segments: dict[int, str], topics: dict[int, str]
    ) -> None:
        """Fill in the zone of its times and what can be chosen, as names by id."""
        self.zone = zone
        self.organisation.choices = options(organisations)
        self.segments.choices = options(segments)
        self.topics.choices = options(topics)
        self.asks_which_time = self.fold.data in wording.CLOCK_CHANGE

    def validate_image(self, field: Field) -> None:
        """Read the picture, if one came along."""
        upload = field.data.read() if field.data else b""
        if upload:
            try:
                self.picture = read_picture(upload)
            except BadImage as error:
                self.picture_must_wait = error.problem is ImageProblem.BUSY
                raise ValidationError(wording.IMAGE_PROBLEMS[error.problem]) from error

    def validate_start_time(self, field: Field) -> None:
        """Work out when the event begins; a time that the clocks skip or repeat is no answer."""
        if self._happens and self.day.data and field.data:
            self.starts_at = self._moment(self.day.data, field.data)
        elif self._happens and field.data:
            raise ValidationError(wording.DAY_MISSING)

    def validate_end_time(self, field: Field) -> None:
        """Work out when it ends, which may be after midnight."""
        if self._happens and self.day.data and self.start_time.data and field.data:
            begin = datetime.combine(self.day.data, self.start_time.data)
            end = datetime.combine(self.day.data, field.data)
            overnight = end < begin and end + timedelta(days=1) - begin <= LONGEST_NIGHT
            self.ends_at = self._moment(self.day.data + timedelta(days=overnight), field.data)

    @property
    def _happens(self) -> bool:
        return self.kind.data == Kind.EVENT

    def _moment(self, day: date, at: time) -> datetime:
        fold = int(self.fold.data) if self.fold.data in wording.CLOCK_CHANGE else None
        try:
            return local_moment(day, at, self.zone, fold)
        except NonexistentTime as error:
            raise ValidationError(wording.SKIPPED_TIME) from error
        except AmbiguousTime as error:
            self.asks_which_time = True
            raise ValidationError(wording.REPEATED_TIME) from error

    def content(self) -> Content:
        """What was filled in; of a form that is not valid, as much of it as makes sense."""
        first, last = self.not_before.data, self.expires.data
        return Content(
            kind=Kind(self.kind.data) if self.kind.data in wording.KINDS else Kind.NEWS,
            title=_bounded(self.title, rules.TITLE_LENGTH),
            lead=_bounded(self.lead, rules.LEAD_LENGTH),
            body=_bounded(self.body, rules.BODY_LENGTH),
            link_url="" if self.link_url.errors else _bounded(self.link_url, rules.LINK_LENGTH),
            link_label=_bounded(self.link_label, rules.LABEL_LENGTH),
            image_alt=_bounded(self.image_alt, rules.ALT_LENGTH),
            joint=self.joint.data,
            restricted=self.restricted.data,
            priority=int(self.priority.data) if self.priority.data in wording.PRIORITIES else 1,
            not_before=self._midnight(first) if first else None,
            expires_at=self._midnight(last + timedelta(days=1)) if last else None,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            place=_bounded(self.place, rules.PLACE_LENGTH) if self._happens else "",
            segment_ids=frozenset(self.segments.data or ()),
            topic_ids=frozenset(self.topics.data or ()),
        )

    def _midnight(self, day: date) -> datetime:
        return recurring_moment(day, time(), self.zone)

    def show_problems(self, found: tuple[Problem, ...]) -> None:
        """Put what keeps the item from the queue beside its fields, but for those that are wrong by themselves."""
        wrong = set(self.errors)
        for name, words in (wording.PROBLEMS[problem] for problem in found):
            if name not in wrong:
                self[name].errors = [*self[name].errors, words]


def _bounded(field: Field, longest: int) -> str:
    text: str = field.data or ""
    return text[:longest]


def values_of(item: Item, zone: str) -> dict[str, Any]:
    """The form's fields as `item` has them."""
    starts, ends = (_local(moment, zone) for moment in (item.starts_at, item.ends_at))
    last = _local(item.expires_at, zone)
    twice = next((moment for moment in (starts, ends) if moment and _comes_twice(moment)), None)
    return {
        "organisation": item.organisation_id,
        "kind": item.kind,
        "title": item.title,
        "lead": item.lead,
        "day": starts.date() if starts else None,
        "start_time": starts.time() if starts else None,
        "end_time": ends.time() if ends else None,
        "fold": str(twice.fold) if twice else None,
        "place": item.place,
        "link_url": item.link_url,
        "link_label": item.link_label,
        "body": item.body,
        "image_alt": item.image_alt,
        "segments": [segment.id for segment in item.segments],
        "restricted": item.restricted,
        "topics": [topic.id for topic in item.topics],
        "joint": item.joint,
        "priority": str(item.priority),
        "not_before": _day(_local(item.not_before, zone)),
        "expires": (last - timedelta(microseconds=1)).date() if last else None,
    }


def _local(moment: datetime | None, zone: str) -> datetime | None:
    return moment.astimezone(ZoneInfo(zone)) if moment else None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).astimezone(UTC) != local.replace(fold=1).astimezone(UTC)
